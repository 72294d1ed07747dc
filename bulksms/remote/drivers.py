"""Opens the drivers of fsspec, with the limits and the trust that a list needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from bulksms.errors import LoadError, MissingExtra, UsageError
from bulksms.remote.addresses import refuse_unsafe

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["RemoteAccess", "open_driver"]

MAX_BYTES = 10 * 1024**3  # as large as a list may be that is read as a stream
SECONDS = 60.0  # without a byte, or until a connection is made


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAccess:
    """How web servers are reached; other drivers have settings of their own."""

    proxy: str | None = None
    ssl_context: "SSLContext | None" = None
    max_bytes: int = MAX_BYTES


def open_driver(address: str, access: RemoteAccess) -> tuple[Any, str]:
    """Open the driver of an address; return it with the path that it knows the file by.

    Raises:
        MissingExtra: its library is not installed.
        UsageError: there is none for this kind of address.
    """
    scheme = address.partition("://")[0].lower()
    try:
        import fsspec

        options: dict[str, Any] = {"skip_instance_cache": True}
        if scheme in ("http", "https"):
            options |= {"get_client": _client_maker(access), "encoded": True}
        if scheme in ("sftp", "ssh"):
            options |= {"host_key_policy": _known_hosts(), "timeout": SECONDS}
        filesystem, path = fsspec.url_to_fs(address, **options)
    except ImportError as error:
        raise MissingExtra(
            f"{scheme}:// needs a library that is not installed ({error}): run "
            "`pip install 'bulksms-octopush[remote]'`; other kinds of addresses need their "
            "own fsspec driver."
        ) from None
    except ValueError as error:
        if "Protocol not known" not in str(error):
            raise
        raise UsageError(f"Addresses that begin with {scheme}:// are not supported.") from None
    return filesystem, path


def _client_maker(access: RemoteAccess) -> Any:  # noqa: ANN401 - a coroutine for fsspec
    """Make what opens the connections to web servers for fsspec's driver."""
    import aiohttp

    async def refuse_unencrypted(
        session: aiohttp.ClientSession,
        context: object,
        params: aiohttp.TraceRequestRedirectParams,
    ) -> None:
        del session, context
        target = urljoin(str(params.url), params.response.headers.get("Location", ""))
        refuse_unsafe(target)

    async def make_client(**options: Any) -> aiohttp.ClientSession:  # noqa: ANN401
        trace = aiohttp.TraceConfig()
        trace.on_request_redirect.append(refuse_unencrypted)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=access.ssl_context or True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=SECONDS, sock_read=SECONDS),
            trace_configs=[trace],
            proxy=access.proxy,
            **options,
        )

    return make_client


def _known_hosts() -> Any:  # noqa: ANN401 - a policy of paramiko
    """Make the policy that trusts the servers in `~/.ssh/known_hosts` and no other."""
    import paramiko

    class _KnownHosts(paramiko.MissingHostKeyPolicy):
        def missing_host_key(
            self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey
        ) -> None:
            del client
            file = Path("~/.ssh/known_hosts").expanduser()
            known_hosts = paramiko.HostKeys(str(file)) if file.exists() else paramiko.HostKeys()
            if not known_hosts.check(hostname, key):
                host = hostname.removeprefix("[").partition("]")[0]
                raise LoadError(
                    f"The server {host} is not in ~/.ssh/known_hosts with the key that it shows: "
                    "connect to it once with `ssh` and check its key. Nothing was sent."
                )

    return _KnownHosts()
