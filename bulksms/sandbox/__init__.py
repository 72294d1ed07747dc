"""A local server that behaves like the API; it shares no code with the client."""

from bulksms.sandbox.faults import FaultKind
from bulksms.sandbox.journal import AcceptedFrame
from bulksms.sandbox.options import SandboxOptions
from bulksms.sandbox.running import Sandbox, serve
from bulksms.sandbox.script import ScriptedReply, parse_script, read_script

__all__ = [
    "AcceptedFrame",
    "FaultKind",
    "Sandbox",
    "SandboxOptions",
    "ScriptedReply",
    "parse_script",
    "read_script",
    "serve",
]
