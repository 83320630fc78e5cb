"""Holds planned calls to the models of AWS's own SDK for Python. Reads `[[service, Operation, input], …]`, prints a line for each fault."""
import json
import sys

import botocore.session
from botocore.validate import ParamValidator

session = botocore.session.get_session()
for service, operation, given in json.load(sys.stdin):
    shape = session.get_service_model(service).operation_model(operation).input_shape
    report = ParamValidator().validate(given, shape).generate_report()
    if report:
        print(f"{service} {operation}: {report}")
