"""Lists at addresses such as `s3://`, `sftp://` and `https://`."""

from bulksms.remote.addresses import is_address, refuse_unsafe, shown_address
from bulksms.remote.drivers import RemoteAccess
from bulksms.remote.fetch_files import FetchedFile, fetch_files

__all__ = [
    "FetchedFile",
    "RemoteAccess",
    "fetch_files",
    "is_address",
    "refuse_unsafe",
    "shown_address",
]
