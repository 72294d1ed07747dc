"""The request for a plan: files, rules and the message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bulksms.campaign import Parameters
from bulksms.chunker import SIZE_DEFAULT
from bulksms.contacts import OptOutList, Profile, ScreeningRules
from bulksms.loader import ReadOptions
from bulksms.loader.corrections import Correction
from bulksms.message import LearnedPrice, PriceSource, Tariff, shipped_tariff
from bulksms.plan.compliance import Compliance
from bulksms.plan.variants import TextOptions
from bulksms.progress_steps import Progress, SilentProgress

__all__ = ["PlanRequest"]


def _no_text() -> Parameters:
    return Parameters(text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """The input of a plan: the files, how to read them, the rules and the message.

    Attributes:
        names: what files are called in records, where that is not their path.
        corrections: cells to read in place of those of the files.
        chosen: the headers chosen for fields by option or profile.
        profile: the saved profile they come from, to be checked against the files.
        parameters: the message; `None` when there is no text.
        parameters_without_text: the API's parameters where there is no text.
        learned_price: what this account was charged before; a price list of the user's wins.
        progress: follows the reading, screening and fitting.
    """

    files: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    reading: ReadOptions = field(default_factory=ReadOptions)
    corrections: tuple[Correction, ...] = ()
    accepted: frozenset[str] = frozenset()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profile: Profile | None = None
    rules: ScreeningRules = field(default_factory=ScreeningRules)
    optouts: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    stored_optouts: OptOutList = field(default_factory=OptOutList)
    parameters: Parameters | None = None
    parameters_without_text: Parameters = field(default_factory=_no_text)
    text_options: TextOptions = field(default_factory=TextOptions)
    previews: tuple[str, ...] = ()
    frame_size: int = SIZE_DEFAULT
    compliance: Compliance = field(default_factory=Compliance)
    tariff: Tariff = field(default_factory=shipped_tariff)
    learned_price: LearnedPrice | None = None
    progress: Progress = field(default_factory=SilentProgress, repr=False, compare=False)

    @property
    def named_files(self) -> tuple[str, ...]:
        """The files as records and sentences name them."""
        return tuple(self.names.get(path, path) for path in self.files)

    def prices_for(self, countries: Iterable[str]) -> Tariff:
        """Return the prices to estimate with for a list that reaches these countries."""
        learned = self.learned_price
        if learned is None or self.tariff.origin is PriceSource.TARIFF:
            return self.tariff
        if learned.countries.isdisjoint(countries):
            return self.tariff
        return self.tariff.with_learned(learned)
