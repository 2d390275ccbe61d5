import os, signal
print("lost?", end="", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
