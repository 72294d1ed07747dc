"""Sends a plan as `bulksms send --yes` does, and shows whom the sandbox texted."""

from bulksms.plan.make_plan import Plan
from bulksms.sandbox import Sandbox
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.end_without_sending import end_without_sending
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from bulksms.use_cases.send.run_campaign import run_campaign

__all__ = ["send", "texted_numbers"]


def send(plan: Plan, request: SendRequest, context: RunContext) -> RunResult:
    prepared = prepare_campaign(plan, request, context)
    if prepared.nothing_new and prepared.existing is None:
        return end_without_sending(prepared, context)
    return run_campaign(begin_campaign(prepared, context), request.run_options, context)


def texted_numbers(sandbox: Sandbox) -> list[str]:
    """List the numbers of the accepted frames, in the order in which these were accepted."""
    return [number for frame in sandbox.accepted for number in frame.recipients]
