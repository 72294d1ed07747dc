"""The addresses of the page, and what answers each of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bulksms.clock import Clock
from bulksms.pages.locales import LOCALES
from bulksms.settings import Settings
from bulksms.web.drafts.drafts import DraftStore
from bulksms.web.drafts.plan_process import PlanProcess
from bulksms.web.drafts.remembered_columns import RememberedColumns
from bulksms.web.entrance_file import LEADING_PAGE
from bulksms.web.failures import HANDLERS
from bulksms.web.page import LANGUAGE_COOKIE, Page, language_of_request
from bulksms.web.rehearsal import Rehearsals
from bulksms.web.request_guard import ENTRANCE, RequestGuard, Session
from bulksms.web.steps import (
    account_step,
    campaign_orders_step,
    campaign_step,
    check_step,
    columns_step,
    corrections_step,
    delivery_step,
    held_stops_step,
    people_step,
    reading_step,
    start_step,
    text_step,
)

__all__ = ["make_app"]

OVERHEAD = 1 << 16  # of a form around its file
YEAR = 365 * 24 * 3600


def make_app(
    settings: Settings, session: Session, clock: Clock, environment: Mapping[str, str]
) -> ASGIApp:
    """Make the page for a state folder, guarded for one session."""
    page = Page(
        settings=settings,
        clock=clock,
        environment=environment,
        drafts=DraftStore(settings.home),
        plans=PlanProcess(),
        rehearsals=Rehearsals(settings.home),
        remembered=RememberedColumns(settings.home),
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        page.drafts.delete_old(clock.now())
        yield
        session.forget_entrance()
        page.plans.close()
        page.rehearsals.close()

    app = Starlette(routes=_routes(), lifespan=lifespan, exception_handlers=HANDLERS)
    app.state.page, app.state.session = page, session
    limit = start_step.UPLOAD_LIMIT + OVERHEAD
    return RequestGuard(app, session, ("/lists", "/optouts"), limit)


def _routes() -> list[Route | Mount]:
    draft = "/drafts/{draft}"
    campaign = "/campaigns/{campaign}"
    return [
        Route(ENTRANCE, _enter),
        Route("/language/{code}", _switch_language),
        Route("/", start_step.show_start),
        Route("/account", account_step.show_account),
        Route("/account", account_step.save_account, methods=["POST"]),
        Route("/stops", held_stops_step.show_stops),
        Route("/stops", held_stops_step.decide_stops, methods=["POST"]),
        Route("/lists", start_step.receive_list, methods=["POST"]),
        Route(f"{draft}/delete", start_step.delete_draft, methods=["POST"]),
        Route(f"{draft}/columns", columns_step.show_columns),
        Route(f"{draft}/columns", columns_step.save_columns, methods=["POST"]),
        Route(f"{draft}/columns/forget", columns_step.forget_columns, methods=["POST"]),
        Route(f"{draft}/reading", reading_step.show_reading),
        Route(f"{draft}/reading", reading_step.save_reading, methods=["POST"]),
        Route(f"{draft}/people", people_step.show_people),
        Route(f"{draft}/people/{{reason}}", people_step.show_group),
        Route(f"{draft}/optouts", people_step.add_opt_outs, methods=["POST"]),
        Route(f"{draft}/optouts/remove", people_step.remove_opt_outs, methods=["POST"]),
        Route(f"{draft}/corrections", corrections_step.save_correction, methods=["POST"]),
        Route(f"{draft}/undo", corrections_step.undo_correction, methods=["POST"]),
        Route(f"{draft}/left-out.xlsx", people_step.download_left_out),
        Route(f"{draft}/text", text_step.show_text),
        Route(f"{draft}/text", text_step.save_text, methods=["POST"]),
        Route(f"{draft}/example.xlsx", text_step.download_example),
        Route(f"{draft}/delivery", delivery_step.show_delivery),
        Route(f"{draft}/delivery", delivery_step.save_delivery, methods=["POST"]),
        Route(f"{draft}/check", check_step.show_check),
        Route(f"{draft}/campaign.toml", check_step.download_campaign_file),
        Route(f"{draft}/test", check_step.send_test, methods=["POST"]),
        Route(f"{draft}/send", check_step.send_draft, methods=["POST"]),
        Route(f"{draft}/accept", check_step.accept_finding, methods=["POST"]),
        Route(f"{draft}/mode", check_step.rehearse_instead, methods=["POST"]),
        Route(campaign, campaign_step.show_campaign),
        Route(f"{campaign}/orders", campaign_orders_step.order_campaign, methods=["POST"]),
        Route(f"{campaign}/continue", campaign_orders_step.continue_campaign, methods=["POST"]),
        Route(f"{campaign}/doubt", campaign_orders_step.settle_campaign, methods=["POST"]),
        Route(f"{campaign}/resend", campaign_orders_step.confirm_resend, methods=["POST"]),
        Route(f"{campaign}/rest", campaign_orders_step.correct_rest, methods=["POST"]),
        Route(f"{campaign}/files/{{file}}", campaign_step.download_results),
        Mount(
            "/static",
            StaticFiles(packages=[("bulksms.web", "static"), ("bulksms.pages", "static")]),
        ),
    ]


async def _enter(request: Request) -> Response:
    """Return the cookie for the token of the address, once; then only the cookie counts."""
    session: Session = request.app.state.session
    if session.accepts(request.headers):
        return RedirectResponse("/", 303)
    if not session.use(request.query_params.get("token", "")):
        _ = language_of_request(request).catalogue.gettext
        return PlainTextResponse(
            _("This address opens the page only once: start `bulksms web` again."), 403
        )
    # Not a redirect: a page of ours asks for the next one, so that a strict cookie goes along.
    response = HTMLResponse(LEADING_PAGE.format(address="/"))
    response.set_cookie(session.cookie_name, session.cookie, httponly=True, samesite="strict")
    return response


async def _switch_language(request: Request) -> Response:
    """Remember the language that was switched to."""
    code, path = request.path_params["code"], request.query_params.get("next", "/")
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    response = RedirectResponse(quote(path, safe="/?=&") if is_ours else "/", 303)
    if code in LOCALES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=YEAR, httponly=True, samesite="strict")
    return response
