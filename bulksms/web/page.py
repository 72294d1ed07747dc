"""The base of every step of the page: drafts, plans, settings, and the templates."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from bulksms.clock import Clock
from bulksms.errors import BulkSmsError
from bulksms.finding import Finding
from bulksms.octopush import Balance
from bulksms.pages.languages import Language, choose_language
from bulksms.pages.templates import template_environment
from bulksms.plan.view import PlanView
from bulksms.settings import Settings
from bulksms.use_cases.upkeep.account import read_balance
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.drafts.drafts import Draft, DraftStore
from bulksms.web.drafts.plan_process import PlanProcess, Result, state_of
from bulksms.web.drafts.remembered_columns import RememberedColumns
from bulksms.web.poster import start_posting
from bulksms.web.rehearsal import Rehearsals
from bulksms.web.step_rail import rail_of
from bulksms.web.words.error_words import error_words
from bulksms.web.words.finding_words import finding_words
from bulksms.web.words.marked_text import marked_text

if TYPE_CHECKING:
    from subprocess import Popen

__all__ = [
    "LANGUAGE_COOKIE",
    "Page",
    "Problems",
    "StillReading",
    "campaign_address",
    "number_of",
    "page_of",
    "see",
]

LANGUAGE_COOKIE = "bulksms_language"
DIGITS = 9  # of the number of a row; more would be none
PATIENCE = 0.25  # seconds after which the page says that it is still reading
OK, UNPROCESSABLE = 200, 422
BALANCE_SECONDS = 60.0  # that a balance is shown without asking again

# What is wrong: a sentence in the language of the page, or an error that has words there.
Explanation = str | BulkSmsError
# What is wrong with the fields of a form, by the name of each.
Problems = Mapping[str, Explanation]


class StillReading(Exception):
    """A list is still being read: the page says so at its step, and asks again."""

    def __init__(self, draft: Draft, step: Step) -> None:
        super().__init__()
        self.draft, self.step = draft, step


@dataclass(slots=True)
class Page:
    """The parts of the page that its steps share."""

    settings: Settings
    clock: Clock
    environment: Mapping[str, str]
    drafts: DraftStore
    plans: PlanProcess
    rehearsals: Rehearsals
    remembered: RememberedColumns
    posters: dict[str, "Popen[bytes]"] = field(default_factory=dict)
    balance: Balance | None = None
    balance_read_at: datetime | None = None
    balance_asked_at: float = field(default=-BALANCE_SECONDS)

    @property
    def has_account(self) -> bool:
        """Whether the credentials of an account are set."""
        return bool(self.settings.api_login and self.settings.api_key)

    def use_settings(self, settings: Settings) -> None:
        """Use other settings from now on, as after an account was entered."""
        self.settings = settings
        self.balance, self.balance_asked_at = None, -BALANCE_SECONDS

    def draft(self, request: Request, *, sent_too: bool = False) -> Draft:
        """Find the draft of an address.

        Raises:
            HTTPException: 404, there is none; 303, a form would change one that was sent, and
                its campaign would not follow.
        """
        draft = self.drafts.get(request.path_params["draft"])
        if draft is None:
            raise HTTPException(404)
        if request.method == "POST" and not sent_too and draft.campaign is not None:
            raise HTTPException(303, headers={"location": campaign_address(draft.campaign)})
        return draft

    def settings_of(self, *, rehearsal: bool) -> Settings:
        """Return the settings under which a draft or a campaign is sent."""
        if rehearsal and not self.settings.rehearsal:
            return self.rehearsals.settings(self.settings)
        return self.settings

    def shown_state(self, draft: Draft) -> str:
        """Return the state of a draft that its forms carry, so that what was shown is sent."""
        return state_of(draft, self.settings_of(rehearsal=draft.rehearsal))

    def post(self, campaign: str, *, rehearsal: bool, options: Sequence[str] = ()) -> None:
        """Start the process that posts a campaign, with the account it was begun with."""
        settings = self.settings_of(rehearsal=rehearsal)
        is_ours = rehearsal and not self.settings.rehearsal
        account = self.rehearsals.environment(settings) if is_ours else {}
        environment = {**self.environment, **account}
        ordered_at = f"--ordered-at={self.clock.now().isoformat()}"  # a pause after it holds
        self.posters[campaign] = start_posting(
            campaign, settings, environment, [*options, ordered_at]
        )

    def is_posting(self, campaign: str) -> bool:
        """Whether the process that was started for a campaign lives, though it may not post yet."""
        poster = self.posters.get(campaign)
        return poster is not None and poster.poll() is None

    async def plan(
        self, request: Request, draft: Draft, step: Step, preview: str | None = None
    ) -> DraftPlan:
        """Plan a draft for one of its steps.

        Raises:
            StillReading: its list is being read.
        """
        return await self.finished(request, draft, step, self._planning(draft, preview))

    async def finished(
        self, request: Request, draft: Draft, step: Step, reading: "asyncio.Future[Result]"
    ) -> Result:
        """Return what is read of a draft, if it is there soon.

        The answer to a form waits for it: asking again would lose what it says is wrong.

        Raises:
            StillReading: it is not there soon.
        """
        await asyncio.wait([reading], timeout=None if request.method == "POST" else PATIENCE)
        if not reading.done():
            raise StillReading(draft, step)
        return reading.result()

    async def viewed_plan(
        self, request: Request, draft: Draft, step: Step, preview: str | None = None
    ) -> tuple[DraftPlan, PlanView]:
        """Plan a draft for a step that needs its list to be read.

        Raises:
            StillReading: the list is being read.
            HTTPException: 303, it cannot be read; the step of the columns says why.
        """
        plan = await self.plan(request, draft, step, preview)
        if plan.view is None:
            raise HTTPException(303, headers={"location": f"/drafts/{draft.id}/columns"})
        return plan, plan.view

    async def finished_plan(self, draft: Draft) -> DraftPlan:
        """Plan a draft for a form that was sent, however long it takes: nothing is asked twice."""
        return await self._planning(draft)

    def _planning(self, draft: Draft, preview: str | None = None) -> "asyncio.Future[DraftPlan]":
        settings = self.settings_of(rehearsal=draft.rehearsal)
        return self.plans.plan(draft, settings, self.clock.now(), preview)

    async def known_balance(self, *, rehearsal: bool) -> Balance | None:
        """Return the balance of the real account, asked at most once a minute; None if unknown."""
        if rehearsal or not self.has_account:
            return None
        now = self.clock.monotonic()
        if now - self.balance_asked_at > BALANCE_SECONDS:
            self.balance_asked_at, self.balance_read_at = now, self.clock.now()
            try:
                self.balance = await asyncio.to_thread(read_balance, self.settings)
            except BulkSmsError:
                self.balance = None
        return self.balance

    async def show(  # noqa: PLR0913 - all by name
        self,
        request: Request,
        template: str,
        step: Step,
        *,
        draft: Draft | None = None,
        plan: DraftPlan | None = None,
        rehearsal: bool | None = None,
        problems: Problems | None = None,
        facts: Mapping[Step, tuple[str, ...]] | None = None,
        status: int = OK,
        **values: Any,  # noqa: ANN401 - what the template asks for
    ) -> HTMLResponse:
        """Fill a template; with problems, its title says so and they come first.

        `rehearsal` is what a campaign was begun as; else the draft and the account say it.
        `facts` are those of the steps of a campaign; else the draft and its plan say them.
        """
        language = language_of_request(request)
        words = partial(_words, language=language)
        if rehearsal is None:
            is_rehearsal = draft.rehearsal if draft is not None else not self.has_account
            rehearsal = is_rehearsal or self.settings.rehearsal
        html = (
            _templates()
            .get_template(template)
            .render(
                _=language.catalogue.gettext,
                ngettext=language.catalogue.ngettext,
                language=language,
                words=words,
                path=request.url.path,
                own_address=request.url.path + (request.url.query and f"?{request.url.query}"),
                step=step,
                rail=rail_of(step, draft, plan, language, facts),
                draft=draft,
                plan=plan,
                rehearsal=rehearsal,
                balance=await self.known_balance(rehearsal=rehearsal),
                problems={name: words(each) for name, each in (problems or {}).items()},
                **values,
            )
        )
        return HTMLResponse(html, UNPROCESSABLE if problems and status == OK else status)


def page_of(request: Request) -> Page:
    """Return the page that a request is for."""
    page: Page = request.app.state.page
    return page


def language_of_request(request: Request) -> Language:
    """Choose the language: the one that was switched to, else what the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return choose_language(chosen, request.headers.get("accept-language", ""))


def campaign_address(name: str) -> str:
    """Return the address of a campaign."""
    return f"/campaigns/{quote(name)}"


def number_of(text: object) -> int:
    """Read a number from 1 that a form of the page carries.

    Raises:
        HTTPException: 404, no form of ours has this.
    """
    number = str(text)
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS and int(number) > 0):
        raise HTTPException(404)
    return int(number)


def see(path: str) -> RedirectResponse:
    """Go on to another address; reloading that one sends nothing again."""
    return RedirectResponse(path, 303)


def _words(said: Finding | Explanation, language: Language) -> str:
    """Say a finding or an error as the page says it."""
    if isinstance(said, Finding):
        return finding_words(said, language)
    return said if isinstance(said, str) else error_words(said, language)


def _format_bold(sentence: str, **values: str) -> Markup:
    """Fill a sentence, each value in bold and never broken over a line."""
    bold = {name: Markup('<b class="nb">{}</b>').format(value) for name, value in values.items()}
    return escape(sentence) % bold


@cache
def _templates() -> Environment:
    environment = template_environment("bulksms.web", "templates")
    environment.filters |= {"safe_format": _format_bold, "marked": marked_text}
    return environment
