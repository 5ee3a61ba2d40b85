# switch
__shellkit_switch @{ AWS_ACCESS_KEY_ID = 'ASIAEXAMPLE'; AWS_SECRET_ACCESS_KEY = 'it''s/\$(id)'; AWS_SESSION_TOKEN = 'O’’Brien‘‘‚‚‛‛=='; AWS_REGION = 'eu-west-1'; AWS_DEFAULT_REGION = 'eu-west-1' } 'target=prod'
__shellkit_say 'prod: it''s on'

# switch, quiet, mode profile
__shellkit_switch @{ AWS_PROFILE = 'prod' } ''

# switch, nothing set
__shellkit_switch @{  } 'r'

# revert
__shellkit_restore
__shellkit_say 'no role'

# revert, quiet
__shellkit_restore

# text
'usage: it''s
  two lines'

# exports
& {
    $ErrorActionPreference = 'Stop'
    [System.Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE')
    [System.Environment]::SetEnvironmentVariable('AWS_SECRET_ACCESS_KEY', 'it''s/\$(id)')
    [System.Environment]::SetEnvironmentVariable('AWS_SESSION_TOKEN', 'O’’Brien‘‘‚‚‛‛==')
    [System.Environment]::SetEnvironmentVariable('AWS_REGION', 'eu-west-1')
    [System.Environment]::SetEnvironmentVariable('AWS_DEFAULT_REGION', 'eu-west-1')
    [System.Environment]::SetEnvironmentVariable('AWS_CREDENTIAL_EXPIRATION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWSUME_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_ACCOUNT_ID', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_ROLE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_EXPIRES', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_DEFAULT_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SECURITY_TOKEN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SESSION_EXPIRATION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ROLE_ARN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ROLE_SESSION_NAME', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_WEB_IDENTITY_TOKEN_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_CREDENTIALS_FULL_URI', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_AUTHORIZATION_TOKEN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CREDENTIAL_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ACCOUNT_ID', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWSUME_EXPIRATION', [NullString]::Value)
}

# exports, nothing set
& {
    $ErrorActionPreference = 'Stop'
    [System.Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SECRET_ACCESS_KEY', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SESSION_TOKEN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_REGION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_DEFAULT_REGION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CREDENTIAL_EXPIRATION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWSUME_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_ACCOUNT_ID', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_ROLE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('SHELLKIT_EXPIRES', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_DEFAULT_PROFILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SECURITY_TOKEN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_SESSION_EXPIRATION', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ROLE_ARN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ROLE_SESSION_NAME', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_WEB_IDENTITY_TOKEN_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_CREDENTIALS_FULL_URI', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_AUTHORIZATION_TOKEN', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_CREDENTIAL_FILE', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWS_ACCOUNT_ID', [NullString]::Value)
    [System.Environment]::SetEnvironmentVariable('AWSUME_EXPIRATION', [NullString]::Value)
}

