print("survival")
