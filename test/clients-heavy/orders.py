"""What a pod's program does, with boto3 as it is: no key, no endpoint and no role stand here."""

import json

import boto3
from botocore.exceptions import ClientError

BUCKET, KEY = "orders-bucket", "hello.txt"
s3 = boto3.client("s3")


def refusal(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response
    raise SystemExit("nothing was refused")


refused = refusal(s3.delete_object, Bucket=BUCKET, Key=KEY)
print(
    json.dumps(
        {
            "arn": boto3.client("sts").get_caller_identity()["Arn"],
            "text": s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read().decode(),
            "status": refused["ResponseMetadata"]["HTTPStatusCode"],
            "code": refused["Error"]["Code"],
            "message": refused["Error"]["Message"],
            "denial": refused["ResponseMetadata"]["HTTPHeaders"]["x-openirsa-denial"],
        }
    )
)
