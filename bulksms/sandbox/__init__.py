"""A local server that behaves like the API; it shares no code with the client."""

from bulksms.sandbox.accepted_log import AcceptedFrame
from bulksms.sandbox.api_replies import AnswerStyle
from bulksms.sandbox.fault_kinds import FaultKind
from bulksms.sandbox.planned_callbacks import CallbackFormat, CallbackHabit, CallbackRules
from bulksms.sandbox.script import ScriptedReply, parse_script, read_script
from bulksms.sandbox.server import Sandbox, serve
from bulksms.sandbox.server_options import SandboxOptions

__all__ = [
    "AcceptedFrame",
    "AnswerStyle",
    "CallbackFormat",
    "CallbackHabit",
    "CallbackRules",
    "FaultKind",
    "Sandbox",
    "SandboxOptions",
    "ScriptedReply",
    "parse_script",
    "read_script",
    "serve",
]
