#!/usr/bin/env python3
"""`count_words.py TEXT RESULT HOW_MANY`: counts the words of a text in S3, writes the most frequent."""

import json
import os
import re
import sys
from collections import Counter

import boto3
from botocore.config import Config


def main() -> None:
    text, result, how_many = sys.argv[1:]
    style = {"addressing_style": "path"} if os.environ.get("AWS_ENDPOINT_URL") else {}
    s3 = boto3.client("s3", config=Config(s3=style))
    source, target = (uri.removeprefix("s3://").partition("/")[::2] for uri in (text, result))
    body = s3.get_object(Bucket=source[0], Key=source[1])["Body"].read().decode()
    words = Counter(re.findall(r"[a-z]+", body.lower()))
    # The text says how many words it has: a fetched text that was cut off is no result.
    if words.total() != (said := int(body.split(maxsplit=1)[0])):
        sys.exit(f"{text} has {words.total()} words, and says that it has {said}")
    document = {"words": words.total(), "most": words.most_common(int(how_many))}
    s3.put_object(Bucket=target[0], Key=target[1], Body=json.dumps(document).encode())
    sys.stdout.write(f"{words.total()} words\n")


if __name__ == "__main__":
    main()
