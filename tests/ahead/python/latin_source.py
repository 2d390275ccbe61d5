# -*- coding: latin-1 -*-
print("éè", __file__)
raise SystemExit("é")
