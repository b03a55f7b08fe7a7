"""The content security policy: everything from our own origin, nothing inline without a nonce."""

from csp.constants import NONCE, NONE, SELF

# The editor's library (Tiptap, in django-prose-editor 0.28.0) injects one fixed <style> without a nonce.
# tests/journals/test_richtext.py recomputes this hash from the installed file and fails on an upgrade.
TIPTAP_STYLE_HASH = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"

DIRECTIVES = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, TIPTAP_STYLE_HASH],
    "img-src": [SELF, "blob:"],
    "connect-src": [SELF],
    "worker-src": [SELF],
    "manifest-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}
