//! The functions that a stack has.

use clap::ValueEnum;

/// A function of Demarc, which has an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Function {
    /// Buckets, and the account's public access block
    S3,
    /// Security groups and flow logs
    Ec2,
    /// Database instances
    Rds,
    /// Passwords, and who may do what
    Iam,
}

impl Function {
    /// All functions, in the order in which they are asked.
    pub(crate) const ALL: [Self; 4] = [Self::S3, Self::Ec2, Self::Rds, Self::Iam];

    /// The first part of its controls' ids.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Ec2 => "ec2",
            Self::Rds => "rds",
            Self::Iam => "iam",
        }
    }

    /// The environment variable with its operator's URL.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::S3 => "DEMARC_OPERATOR_S3",
            Self::Ec2 => "DEMARC_OPERATOR_EC2",
            Self::Rds => "DEMARC_OPERATOR_RDS",
            Self::Iam => "DEMARC_OPERATOR_IAM",
        }
    }

    /// The stack's output with its operator's URL.
    pub(crate) fn output(self) -> &'static str {
        match self {
            Self::S3 => "OperatorUrlS3",
            Self::Ec2 => "OperatorUrlEc2",
            Self::Rds => "OperatorUrlRds",
            Self::Iam => "OperatorUrlIam",
        }
    }

    /// The function that a name is of.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.as_str() == name)
    }
}
