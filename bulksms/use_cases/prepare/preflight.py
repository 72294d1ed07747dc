"""Checks before a campaign begins: errors, cost limit, quiet hours, credit.

Nothing is in the ledger yet and nothing was posted, so every check simply raises.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from bulksms.campaign import Parameters
from bulksms.errors import ApiError, RuleError
from bulksms.money import round_to_cents
from bulksms.octopush import Credentials
from bulksms.octopush.transport import Timeouts
from bulksms.plan.compliance import first_opening, quiet_hours_violation
from bulksms.plan.make_plan import Plan
from bulksms.sender import explain_late_start
from bulksms.use_cases.context import RunContext, RunOptions, make_client
from bulksms.use_cases.prepare.screen_campaign import nobody_left

__all__ = ["refuse_cost", "refuse_errors", "refuse_hours", "refuse_without_credit"]

NEVER = timedelta(days=14)  # how far ahead the next allowed time is searched
# A balance is not worth waiting for as long as for a frame.
BALANCE_TIMEOUTS = Timeouts(connect=5.0, write=5.0, read=5.0, total=10.0)


def refuse_errors(plan: Plan) -> None:
    """Stop if a finding is an error, or no one is left to text.

    Raises:
        RuleError: the plan has an error, or no one is left to text.
    """
    if plan.errors:
        raise RuleError(
            " ".join(finding.message for finding in plan.errors), code="plan_has_errors"
        )
    finding = nobody_left(plan)
    if finding is not None:
        raise RuleError(f"{finding.message} Nothing was sent.", code="nobody_left")


def refuse_cost(plan: Plan, ceiling: Decimal | None, seeds_cost: Decimal = Decimal(0)) -> None:
    """Stop a campaign that would cost more than its ceiling, with the texts to its seeds.

    Raises:
        RuleError: it costs more.
    """
    if ceiling is None or plan.price is None:
        return
    amount = plan.price.amount + seeds_cost
    if amount > ceiling:
        raise RuleError(
            f"The campaign would cost about {round_to_cents(amount)} EUR, more than the "
            f"{ceiling} EUR allowed by --max-cost. Nothing was sent.",
            code="over_budget",
            amount=amount,
            limit=ceiling,
        )


def refuse_hours(plan: Plan, run_options: RunOptions, context: RunContext) -> None:
    """Stop marketing that would begin in quiet hours; rehearsals and waiting runs may begin.

    The plan has checked a chosen sending time already.

    Raises:
        RuleError: the message must not leave now, or the run would wait too long.
    """
    parameters = plan.parameters
    if context.settings.rehearsal or parameters is None or parameters.send_at:
        return
    if run_options.pacing.wait_for_hours:
        _refuse_late_opening(plan, parameters, run_options, context.clock.now())
        return
    objection = quiet_hours_violation(
        parameters, plan.phone_numbers, run_options.hours, context.clock.now()
    )
    if objection:
        raise RuleError(f"{objection} Nothing was sent.", code="quiet_hours")


def _refuse_late_opening(
    plan: Plan, parameters: Parameters, run_options: RunOptions, now: datetime
) -> None:
    """Stop a run that would wait for the hours longer than it may."""
    start_by = run_options.pacing.start_by
    opens_at = first_opening(parameters, plan.phone_numbers, run_options.hours, now)
    late = explain_late_start(start_by, opens_at or now + NEVER)
    if late:
        raise RuleError(late, code="opens_too_late")


def refuse_without_credit(plan: Plan, context: RunContext, credentials: Credentials) -> None:
    """Compare the estimate with the balance; a rehearsal, which costs nothing, only notes it.

    An unknown balance stops nothing: the API refuses what is not paid for.

    Raises:
        ApiError: the credit is less than the estimate.
    """
    if plan.price is None or plan.parameters is None or plan.parameters.simulation_mode:
        return
    try:
        with make_client(context.settings, credentials, BALANCE_TIMEOUTS) as client:
            balance = client.balance()
    except ApiError as error:
        context.observer.note(str(error))
        return
    if balance.amount >= plan.price.amount:
        return
    shortfall = (
        f"The account has {balance.amount} {balance.unit} left and the campaign costs about "
        f"{plan.price.amount} EUR"
    )
    if not context.settings.rehearsal:
        raise ApiError(
            f"{shortfall}: top it up and send again. Nothing was sent.",
            code="credit_short",
            balance=f"{balance.amount} {balance.unit}",
            cost=plan.price.amount,
        )
    context.observer.note(f"{shortfall}: a real campaign would not begin.")
