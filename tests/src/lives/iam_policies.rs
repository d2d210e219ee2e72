//! Policies of users, roles and groups.

use async_trait::async_trait;
use demarc_harness::BoxFuture;
use serde_json::{Value, json};

use super::{Life, World, iam::role};
use crate::Fault;

type Done<'a, T> = BoxFuture<'a, Result<T, Fault>>;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const LITTLE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;
const SOMETHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A user, a role or a group with policies.
pub struct Identity {
    control: &'static str,
    sample: &'static str,
    /// What is wrong to have.
    wrong: Policy,
    /// What may stand beside it.
    beside: Policy,
    make: for<'a> fn(&'a World, &'a str) -> Done<'a, String>,
    give: for<'a> fn(&'a World, &'a str, Policy) -> Done<'a, ()>,
    /// Without a policy that was deleted between its listing and its reading.
    given: for<'a> fn(&'a World, &'a str) -> Done<'a, Vec<String>>,
}

/// A managed policy by its ARN, or the name and text of an inline one.
type Policy = (&'static str, &'static str);

fn make_user<'a>(world: &'a World, name: &'a str) -> Done<'a, String> {
    Box::pin(async move {
        world.iam.create_user().user_name(name).send().await?;
        Ok(name.to_owned())
    })
}

/// `iam.users-have-no-administrator-policy`
pub static USER_POLICIES: Identity = Identity {
    control: "iam.users-have-no-administrator-policy",
    sample: "attach-user-policy.json",
    wrong: (ADMINISTRATOR, ""),
    beside: ("arn:aws:iam::aws:policy/SecurityAudit", ""),
    make: make_user,
    give: |world, id, (arn, _)| {
        Box::pin(async move {
            world.iam.attach_user_policy().user_name(id).policy_arn(arn).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let answer = world.iam.list_attached_user_policies().user_name(id).send().await?;
            let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
            Ok(arns.map(str::to_owned).collect())
        })
    },
};

/// `iam.users-have-no-full-access-inline-policy`
pub static USER_INLINE_POLICIES: Identity = Identity {
    control: "iam.users-have-no-full-access-inline-policy",
    sample: "put-user-policy.json",
    wrong: ("Everything", EVERYTHING),
    beside: ("Something", SOMETHING),
    make: make_user,
    give: |world, id, (name, document)| {
        Box::pin(async move {
            let call = world.iam.put_user_policy().user_name(id).policy_name(name);
            call.policy_document(document).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let mut given = Vec::new();
            for name in world.iam.list_user_policies().user_name(id).send().await?.policy_names() {
                let call = world.iam.get_user_policy().user_name(id).policy_name(name);
                match call.send().await {
                    Err(e)
                        if e.as_service_error()
                            .is_some_and(|e| e.is_no_such_entity_exception()) => {}
                    policy => given.push(format!("{name} {}", policy?.policy_document())),
                }
            }
            Ok(given)
        })
    },
};

fn make_role<'a>(world: &'a World, name: &'a str) -> Done<'a, String> {
    Box::pin(async move { role(world, name).await })
}

/// `iam.roles-have-no-administrator-policy`
pub static ROLE_POLICIES: Identity = Identity {
    control: "iam.roles-have-no-administrator-policy",
    sample: "attach-role-policy.json",
    wrong: (ADMINISTRATOR, ""),
    beside: ("arn:aws:iam::aws:policy/SecurityAudit", ""),
    make: make_role,
    give: |world, id, (arn, _)| {
        Box::pin(async move {
            world.iam.attach_role_policy().role_name(id).policy_arn(arn).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let answer = world.iam.list_attached_role_policies().role_name(id).send().await?;
            let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
            Ok(arns.map(str::to_owned).collect())
        })
    },
};

/// `iam.roles-have-no-full-access-inline-policy`
pub static ROLE_INLINE_POLICIES: Identity = Identity {
    control: "iam.roles-have-no-full-access-inline-policy",
    sample: "put-role-policy.json",
    wrong: ("Everything", EVERYTHING),
    beside: ("Something", SOMETHING),
    make: make_role,
    give: |world, id, (name, document)| {
        Box::pin(async move {
            let call = world.iam.put_role_policy().role_name(id).policy_name(name);
            call.policy_document(document).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let mut given = Vec::new();
            for name in world.iam.list_role_policies().role_name(id).send().await?.policy_names() {
                let call = world.iam.get_role_policy().role_name(id).policy_name(name);
                match call.send().await {
                    Err(e)
                        if e.as_service_error()
                            .is_some_and(|e| e.is_no_such_entity_exception()) => {}
                    policy => given.push(format!("{name} {}", policy?.policy_document())),
                }
            }
            Ok(given)
        })
    },
};

fn make_group<'a>(world: &'a World, name: &'a str) -> Done<'a, String> {
    Box::pin(async move {
        world.iam.create_group().group_name(name).send().await?;
        let member = format!("{name}-member");
        world.iam.create_user().user_name(&member).send().await?;
        world.iam.add_user_to_group().group_name(name).user_name(member).send().await?;
        Ok(name.to_owned())
    })
}

/// `iam.groups-have-no-administrator-policy`
pub static GROUP_POLICIES: Identity = Identity {
    control: "iam.groups-have-no-administrator-policy",
    sample: "attach-group-policy.json",
    wrong: (ADMINISTRATOR, ""),
    beside: ("arn:aws:iam::aws:policy/SecurityAudit", ""),
    make: make_group,
    give: |world, id, (arn, _)| {
        Box::pin(async move {
            world.iam.attach_group_policy().group_name(id).policy_arn(arn).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let answer = world.iam.list_attached_group_policies().group_name(id).send().await?;
            let arns = answer.attached_policies().iter().filter_map(|policy| policy.policy_arn());
            Ok(arns.map(str::to_owned).collect())
        })
    },
};

/// `iam.groups-have-no-full-access-inline-policy`
pub static GROUP_INLINE_POLICIES: Identity = Identity {
    control: "iam.groups-have-no-full-access-inline-policy",
    sample: "put-group-policy.json",
    wrong: ("Everything", EVERYTHING),
    beside: ("Something", SOMETHING),
    make: make_group,
    give: |world, id, (name, document)| {
        Box::pin(async move {
            let call = world.iam.put_group_policy().group_name(id).policy_name(name);
            call.policy_document(document).send().await?;
            Ok(())
        })
    },
    given: |world, id| {
        Box::pin(async move {
            let mut given = Vec::new();
            for name in world.iam.list_group_policies().group_name(id).send().await?.policy_names()
            {
                let call = world.iam.get_group_policy().group_name(id).policy_name(name);
                match call.send().await {
                    Err(e)
                        if e.as_service_error()
                            .is_some_and(|e| e.is_no_such_entity_exception()) => {}
                    policy => given.push(format!("{name} {}", policy?.policy_document())),
                }
            }
            Ok(given)
        })
    },
};

impl Identity {
    async fn has(&self, world: &World, id: &str, (name, _): Policy) -> Result<bool, Fault> {
        let given = (self.given)(world, id).await?;
        Ok(given.iter().any(|policy| policy.split(' ').next() == Some(name)))
    }
}

#[async_trait]
impl Life for Identity {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        (self.make)(world, name).await
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        (self.give)(world, id, self.wrong).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        self.has(world, id, self.wrong).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!((self.given)(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        (self.give)(world, id, self.beside).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        self.has(world, id, self.beside).await
    }

    /// One of the same name that allows little, where it has a text; else the same again.
    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let (name, text) = self.wrong;
        (self.give)(world, id, (name, if text.is_empty() { text } else { LITTLE })).await
    }
}
