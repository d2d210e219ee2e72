//! What each function may do with Demarc's own tables, queues and logs.

use demarc_remediation::classification::kinds;

use super::{
    catalogue::judged_by,
    statement::{Condition, Statement},
};

/// Who has a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Both deployments.
    Both,
    /// The remediator only.
    Remediator,
    /// The operator only.
    Operator,
}

impl Who {
    /// The name that the documentation prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Remediator => "remediator",
            Self::Operator => "operator",
        }
    }
}

/// A permission on something of Demarc's own. `@Fn@` and `@fn@` stand for the function.
pub struct Own {
    /// Who has it.
    pub who: Who,
    /// The statement's id.
    pub sid: &'static str,
    /// Whether it is a denial.
    pub denies: bool,
    /// The actions.
    pub actions: &'static [&'static str],
    /// The resources as YAML.
    pub resources: &'static [&'static str],
    /// The condition of the statement.
    pub condition: Option<(&'static str, &'static str, &'static str)>,
    /// The template's condition under which it exists.
    pub only_if: Option<&'static str>,
    /// What it is needed for.
    pub why: &'static str,
    /// Only for functions that hand a resource over to another region's stack.
    pub handing_over: bool,
}

/// What most of them have.
const PLAIN: Own = Own {
    who: Who::Both,
    sid: "",
    denies: false,
    actions: &[],
    resources: &[],
    condition: None,
    only_if: None,
    why: "",
    handing_over: false,
};

/// Every permission on Demarc's own parts.
pub const OWN: &[Own] = &[
    Own {
        sid: "ReadControl",
        actions: &["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query"],
        resources: &["!GetAtt ControlTable.Arn"],
        why: "modes, configuration, exemptions; the kill switch, checked inside every claim",
        ..PLAIN
    },
    Own {
        who: Who::Remediator,
        sid: "NeverWriteControl",
        denies: true,
        actions: &["dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: &["!GetAtt ControlTable.Arn"],
        why: "whoever takes over a remediator sets no mode and exempts nothing",
        ..PLAIN
    },
    Own {
        who: Who::Operator,
        sid: "WriteControl",
        actions: &["dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: &["!GetAtt ControlTable.Arn"],
        why: "to set a mode, to pull the kill switch, to exempt",
        ..PLAIN
    },
    Own {
        sid: "RecordInJournal",
        actions: &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        resources: &["!GetAtt JournalTable.Arn"],
        why: "plans, those that wait for approval, leases, budgets, last known good states",
        ..PLAIN
    },
    Own {
        who: Who::Operator,
        sid: "ListJournal",
        actions: &["dynamodb:Scan"],
        resources: &["!GetAtt JournalTable.Arn"],
        why: "to list plans by time, control and actor",
        ..PLAIN
    },
    Own {
        sid: "FindInJournal",
        actions: &["dynamodb:Query"],
        resources: &["!Sub \"${JournalTable.Arn}/index/*\""],
        why: "plans by setting and by incident, plans that are open",
        ..PLAIN
    },
    Own {
        who: Who::Remediator,
        sid: "ReceiveMessages",
        actions: &["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        resources: &["!GetAtt @Fn@LiveQueue.Arn", "!GetAtt @Fn@SweepQueue.Arn"],
        why: "Lambda's event source mappings",
        ..PLAIN
    },
    Own {
        sid: "SendMessages",
        actions: &["sqs:SendMessage"],
        resources: &["!GetAtt @Fn@LiveQueue.Arn", "!GetAtt @Fn@SweepQueue.Arn"],
        why: "delayed second looks, the sweep",
        ..PLAIN
    },
    Own {
        who: Who::Remediator,
        sid: "HandOver",
        actions: &["sqs:SendMessage"],
        resources: &[
            "!Sub \"arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:${AWS::StackName}-@fn@-live\"",
        ],
        why: "a bucket of another region is that region's stack's",
        handing_over: true,
        ..PLAIN
    },
    Own {
        who: Who::Remediator,
        sid: "WriteLogs",
        actions: &["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: &["!GetAtt @Fn@RemediatorLogs.Arn"],
        why: "reports and metrics",
        ..PLAIN
    },
    Own {
        who: Who::Operator,
        sid: "WriteLogs",
        actions: &["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: &["!GetAtt @Fn@OperatorLogs.Arn"],
        why: "reports and metrics",
        ..PLAIN
    },
    Own {
        sid: "UseKey",
        actions: &[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        resources: &["!Ref KmsKeyArn"],
        condition: Some((
            "StringEquals",
            "kms:ViaService",
            "!Sub \"dynamodb.${AWS::Region}.${AWS::URLSuffix}\"",
        )),
        only_if: Some("HasKmsKey"),
        why: "tables that are encrypted with a key of the account's own",
        ..PLAIN
    },
];

/// The statements of a function's remediator, or of its operator.
pub fn statements(function: &str, operator: bool) -> Vec<Statement> {
    let other = if operator { Who::Remediator } else { Who::Operator };
    let handing_over = hands_over(function);
    OWN.iter()
        .filter(|own| own.who != other && (handing_over || !own.handing_over))
        .map(|own| Statement {
            sid: own.sid.to_owned(),
            denies: own.denies,
            actions: own.actions.iter().map(|action| (*action).to_owned()).collect(),
            resources: own.resources.iter().map(|resource| (*resource).to_owned()).collect(),
            condition: own.condition.map(Condition::from),
            only_if: own.only_if.map(str::to_owned),
        })
        .collect()
}

/// Whether a function meets resources of other regions: an event names a bucket of any region.
pub fn hands_over(function: &str) -> bool {
    judged_by(function).any(|setting| setting.resource == kinds::BUCKET)
}
