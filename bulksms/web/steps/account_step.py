"""The account, entered once: tried by asking the balance, then kept by the system's keyring."""

import asyncio
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError
from bulksms.settings import KEY_VARIABLES, read_settings
from bulksms.use_cases.upkeep.account import log_in
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.page import Problems, language_of_request, page_of, see

__all__ = ["save_account", "show_account"]


async def show_account(
    request: Request, problems: Problems | None = None, login: str = ""
) -> Response:
    """Show the form for login and key; the key, and what is stored, is never shown."""
    page = page_of(request)
    return await page.show(
        request,
        "account.html",
        Step.LIST,
        problems=problems,
        login=login,
        has_account=page.has_account,
        from_environment=any(page.environment.get(name) for name in KEY_VARIABLES),
    )


async def save_account(request: Request) -> Response:
    """Try the credentials, store them, and use them from now on."""
    page, form = page_of(request), await request.form()
    _ = language_of_request(request).catalogue.gettext
    login, key = (str(form.get(name) or "").strip() for name in ("login", "key"))
    problems = {} if login else {"login": _("Write your login, an e-mail address.")}
    problems |= {} if key else {"key": _("Write your API key.")}
    if problems:
        return await show_account(request, problems, login)
    try:
        settings = replace(page.settings, api_login=login, api_key=key)
        await asyncio.to_thread(log_in, settings, offline=False)
        page.use_settings(read_settings(page.environment))
    except BulkSmsError as error:
        return await show_account(request, {"key": error}, login)
    return see("/")
