# expect: MLE
text = "word "
while True:
    text += text
