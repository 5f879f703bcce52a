# expect: WA
# No number: a terminal's commands and bytes that are no text.
import sys
sys.stdout.buffer.write(b"\x1b[2J<b>\x00\xff\xfe&amp;\n")
sys.stdout.flush()
sys.stdin.readline()
