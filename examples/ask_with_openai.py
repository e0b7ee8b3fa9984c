# OpenAI's Python client as the articles about Magistral use it, with nothing but the base URL
# changed. Beside it runs: ./tramontane serve -m MODEL
#
#     pip install openai
#     python examples/ask_with_openai.py http://127.0.0.1:11500/v1 "How many primes lie below 100?"
#     python examples/ask_with_openai.py http://127.0.0.1:11500/v1 "What is this?" picture.png
import base64
import sys

from openai import BadRequestError, OpenAI

url, question, *pictures = sys.argv[1:]
client = OpenAI(base_url=url, api_key="any")
content = question
if pictures:
    with open(pictures[0], "rb") as picture:
        data = base64.b64encode(picture.read()).decode()
    content = [
        {"type": "text", "text": question},
        {"type": "image_url", "image_url": f"data:image/png;base64,{data}"},
    ]
try:
    response = client.chat.completions.create(
        model="magistral-medium-latest" if pictures else "mistral-medium-latest",
        messages=[
            {"role": "system", "content": "You are a careful assistant."},
            {"role": "user", "content": content},
        ],
        temperature=0.7,
        max_tokens=4000 if pictures else 500,
    )
    print(response.choices[0].message.content)
except BadRequestError as refused:  # such as an image, of a model that sees none
    print(refused.message)
