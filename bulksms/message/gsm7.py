"""The GSM 7 bit default alphabet: which characters a text may hold and stay cheap.

It must not know how long a segment is, nor what a placeholder is.

Source: 3GPP TS 23.038 (formerly GSM 03.38), sections 6.2.1 (basic table) and 6.2.1.1
(extension table). A character of the extension table costs two septets, the escape and itself.
"""

import re

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"

# Both are read by `re` and by RE2, which runs them over whole columns.
EXTENDED_CLASS = f"[{re.escape(EXTENDED)}]"
OUTSIDE_CLASS = f"[^{re.escape(BASIC + EXTENDED)}]"
