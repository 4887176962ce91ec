"""Words that are not used anywhere: private terms, archaic words, and riddles."""

import re

BANNED = re.compile(
    r"\b(nought|stand-ins?|mend(s|ed|ing)?|whoever|in earnest|hangs? on|tell apart|told apart"
    r"|told from chance|leaves? zero out|holds? zero|undercut\w*|yardsticks?|waters|hunger"
    r"|it is said|is to be had)\b",
    re.IGNORECASE,
)
