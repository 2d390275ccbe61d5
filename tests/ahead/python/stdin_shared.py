import sys
print(sys.stdin.buffer.raw.read(5), flush=True)
import os, subprocess
print(subprocess.run(["cat"], capture_output=True).stdout)
