//! The layer that each configuration-changing call belongs to. A call that is not
//! listed is unknown, and an unknown call is never guessed.

use crate::responsibility::Layer;
use Layer::{
    AccountGovernance, ApplicationCode, DataProtection, IdentityAndAccess, LoggingAndMonitoring,
    NetworkExposure, PlatformVersion, Resilience,
};

/// Calls of one service that belong to one layer, by their names in CloudTrail,
/// which are not IAM's action names (`PutBucketLifecycle` against
/// `s3:PutLifecycleConfiguration`). The same name in two services is two things
/// (`AddPermission` of Lambda, SQS and SNS), so the service always counts.
///
/// Creating a resource belongs to the layer at which its defaults can hurt most.
const LAYERS: &[(&str, Layer, &[&str])] = &[
    (
        "s3",
        NetworkExposure,
        &[
            "CreateBucket",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutAccountPublicAccessBlock",
            "DeleteAccountPublicAccessBlock",
            "PutBucketWebsite",
            "DeleteBucketWebsite",
            "PutBucketCors",
            "DeleteBucketCors",
            "CreateAccessPoint",
        ],
    ),
    (
        "s3",
        IdentityAndAccess,
        &[
            "PutBucketPolicy",
            "DeleteBucketPolicy",
            "PutBucketAcl",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
            "PutAccessPointPolicy",
            "DeleteAccessPointPolicy",
        ],
    ),
    ("s3", DataProtection, &["PutBucketEncryption", "DeleteBucketEncryption"]),
    ("s3", LoggingAndMonitoring, &["PutBucketLogging", "PutBucketNotification"]),
    (
        "s3",
        Resilience,
        &[
            "PutBucketVersioning",
            "PutBucketLifecycle",
            "DeleteBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketReplication",
            "PutBucketObjectLockConfiguration",
            "DeleteBucket",
        ],
    ),
    (
        "ec2",
        NetworkExposure,
        &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "ModifySecurityGroupRules",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
            "CreateVpc",
            "CreateDefaultVpc",
            "DeleteVpc",
            "CreateNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
            "CreateRoute",
            "ReplaceRoute",
            "AttachInternetGateway",
            "ModifySubnetAttribute",
            "ModifyVpcEndpoint",
            "CreateVpcPeeringConnection",
            "AcceptVpcPeeringConnection",
        ],
    ),
    ("ec2", LoggingAndMonitoring, &["CreateFlowLogs", "DeleteFlowLogs"]),
    (
        "ec2",
        IdentityAndAccess,
        &[
            "ModifyInstanceMetadataOptions",
            "ModifyInstanceMetadataDefaults",
            "EnableSerialConsoleAccess",
            "DisableSerialConsoleAccess",
            "AssociateIamInstanceProfile",
            "ReplaceIamInstanceProfileAssociation",
        ],
    ),
    (
        "ec2",
        DataProtection,
        &[
            "EnableEbsEncryptionByDefault",
            "DisableEbsEncryptionByDefault",
            "ModifyEbsDefaultKmsKeyId",
            "ModifySnapshotAttribute",
            "ModifyImageAttribute",
            "EnableSnapshotBlockPublicAccess",
            "DisableSnapshotBlockPublicAccess",
            "EnableImageBlockPublicAccess",
            "DisableImageBlockPublicAccess",
        ],
    ),
    (
        "rds",
        NetworkExposure,
        &[
            "CreateDBInstance",
            "CreateDBInstanceReadReplica",
            "ModifyDBInstance",
            "RestoreDBInstanceFromDBSnapshot",
            "RestoreDBInstanceFromS3",
            "RestoreDBInstanceToPointInTime",
            "CreateDBCluster",
            "ModifyDBCluster",
            "RestoreDBClusterFromS3",
            "RestoreDBClusterFromSnapshot",
            "RestoreDBClusterToPointInTime",
            "AuthorizeDBSecurityGroupIngress",
        ],
    ),
    (
        "rds",
        DataProtection,
        &[
            "ModifyDBSnapshotAttribute",
            "ModifyDBClusterSnapshotAttribute",
            "ModifyDBParameterGroup",
            "ModifyDBClusterParameterGroup",
        ],
    ),
    ("rds", Resilience, &["DeleteDBInstance", "DeleteDBCluster", "DeleteDBSnapshot"]),
    (
        "iam",
        IdentityAndAccess,
        &[
            "AddUserToGroup",
            "AttachGroupPolicy",
            "AttachRolePolicy",
            "AttachUserPolicy",
            "CreateAccessKey",
            "CreateLoginProfile",
            "CreatePolicy",
            "CreatePolicyVersion",
            "CreateRole",
            "CreateUser",
            "DeactivateMFADevice",
            "DeleteAccountPasswordPolicy",
            "DeleteRolePermissionsBoundary",
            "DeleteUserPermissionsBoundary",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "SetDefaultPolicyVersion",
            "UpdateAccessKey",
            "UpdateAccountPasswordPolicy",
            "UpdateAssumeRolePolicy",
            "UpdateLoginProfile",
        ],
    ),
    ("signin", IdentityAndAccess, &["ConsoleLogin", "SwitchRole"]),
    ("rolesanywhere", IdentityAndAccess, &["CreateProfile", "CreateTrustAnchor"]),
    (
        "kms",
        DataProtection,
        &[
            // A service event: the key was scheduled for deletion and is now deleted.
            "DeleteKey",
            "CancelKeyDeletion",
            "DisableKey",
            "DisableKeyRotation",
            "EnableKey",
            "EnableKeyRotation",
            "ScheduleKeyDeletion",
        ],
    ),
    ("kms", IdentityAndAccess, &["CreateGrant", "PutKeyPolicy"]),
    (
        "cloudtrail",
        LoggingAndMonitoring,
        &[
            "CreateTrail",
            "DeleteTrail",
            "PutEventSelectors",
            "PutInsightSelectors",
            "StartLogging",
            "StopLogging",
            "UpdateTrail",
        ],
    ),
    (
        "config",
        LoggingAndMonitoring,
        &["DeleteConfigurationRecorder", "DeleteDeliveryChannel", "StopConfigurationRecorder"],
    ),
    ("guardduty", LoggingAndMonitoring, &["DeleteDetector", "UpdateDetector"]),
    ("securityhub", LoggingAndMonitoring, &["DisableSecurityHub"]),
    ("route53resolver", LoggingAndMonitoring, &["DeleteResolverQueryLogConfig"]),
    (
        "logs",
        LoggingAndMonitoring,
        &["DeleteLogGroup", "DeleteRetentionPolicy", "PutRetentionPolicy"],
    ),
    ("organizations", AccountGovernance, &["LeaveOrganization"]),
    ("lambda", IdentityAndAccess, &["AddLayerVersionPermission", "AddPermission"]),
    ("lambda", NetworkExposure, &["CreateFunctionUrlConfig", "UpdateFunctionUrlConfig"]),
    ("lambda", ApplicationCode, &["CreateFunction", "UpdateFunctionCode"]),
    ("lambda", PlatformVersion, &["PutRuntimeManagementConfig"]),
    ("sqs", IdentityAndAccess, &["AddPermission", "SetQueueAttributes"]),
    ("sns", IdentityAndAccess, &["AddPermission", "SetTopicAttributes"]),
    ("secretsmanager", IdentityAndAccess, &["DeleteResourcePolicy", "PutResourcePolicy"]),
];

/// The layer of a call, from its event source (`s3.amazonaws.com`) and its name
/// without API date (`AddPermission`). `None` for one that is not in the table.
#[must_use]
pub fn layer(event_source: &str, event_name: &str) -> Option<Layer> {
    let service = crate::services::short(event_source)?;
    LAYERS
        .iter()
        .find(|(of, _, names)| *of == service && names.contains(&event_name))
        .map(|(_, layer, _)| *layer)
}
