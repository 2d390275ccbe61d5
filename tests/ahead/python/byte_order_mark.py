print("after a byte order mark")
import main
print(main.__name__)
