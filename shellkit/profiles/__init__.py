"""The AWS config and credentials files, read as botocore reads them."""
