//! `ec2.traffic-mirror-sessions`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::TrafficMirrorSession};
use demarc_harness::{
    Error, Found, Handle, Observed, Page, Setting as Harnessed, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::traffic_mirror_sessions::{Session, Sessions, TRAFFIC_MIRROR_SESSIONS},
    },
};

use super::{PAGE, filter};

/// A session that somebody has ended meanwhile.
const ENDED: &[&str] = &["InvalidTrafficMirrorSessionId.NotFound"];

/// Where the traffic of a network interface is copied to.
pub(crate) struct TrafficMirrorSessions(pub Client);

impl Harnessed for TrafficMirrorSessions {
    type State = Sessions;
    const META: &'static SettingMeta = &TRAFFIC_MIRROR_SESSIONS;

    /// The interfaces that have sessions: the others have nothing to judge.
    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_traffic_mirror_sessions()
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeTrafficMirrorSessions", "the account"))?;
        let sessions = answer.traffic_mirror_sessions().iter();
        let ids: BTreeSet<&str> =
            sessions.filter_map(TrafficMirrorSession::network_interface_id).collect();
        let ids = ids.into_iter().map(str::to_owned).collect();
        Ok(Page { ids, next: answer.next_token().map(str::to_owned) })
    }

    /// An interface without sessions and one that does not exist answer alike, and are both right.
    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Sessions>>, Error> {
        let found = self.sessions(resource).await?;
        let owners = self.owners(&found).await?;
        let mut state = Sessions::default();
        let mut handle = Handle::new();
        for session in &found {
            let (Some(number), Some(id)) =
                (session.session_number(), session.traffic_mirror_session_id())
            else {
                continue;
            };
            handle.insert(Sessions::id(number), id.to_owned());
            state.0.insert(number, normal_form(session, &owners));
        }
        Ok(Some(Observed { state, handle, busy: None }))
    }

    /// An interface has each number once: what goes makes room for what comes.
    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<Sessions>,
        to: &Sessions,
    ) -> Result<(), Error> {
        for (number, session) in &from.state.0 {
            if to.0.get(number) != Some(session)
                && let Some(id) = from.handle.get(&Sessions::id(*number))
            {
                self.end(resource, id).await?;
            }
        }
        for (number, session) in &to.0 {
            if from.state.0.get(number) != Some(session) {
                self.create(resource, *number, session).await?;
            }
        }
        Ok(())
    }
}

impl TrafficMirrorSessions {
    async fn sessions(&self, resource: &Resource) -> Result<Vec<TrafficMirrorSession>, Error> {
        let mut sessions = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .0
                .describe_traffic_mirror_sessions()
                .filters(filter("network-interface-id", &resource.id))
                .set_next_token(token)
                .send()
                .await
                .map_err(failed("ec2:DescribeTrafficMirrorSessions", &resource.id))?;
            token = page.next_token().map(str::to_owned);
            sessions.extend(page.traffic_mirror_sessions.unwrap_or_default());
            if token.is_none() {
                return Ok(sessions);
            }
        }
    }

    /// Whose the targets are. Filtered by their ids, one that is no longer shared is left out; asked
    /// for by its id, it would be an error.
    async fn owners(
        &self,
        sessions: &[TrafficMirrorSession],
    ) -> Result<BTreeMap<String, String>, Error> {
        let targets: BTreeSet<&str> =
            sessions.iter().filter_map(TrafficMirrorSession::traffic_mirror_target_id).collect();
        let mut owners = BTreeMap::new();
        for target in targets {
            let answer = self
                .0
                .describe_traffic_mirror_targets()
                .filters(filter("traffic-mirror-target-id", target))
                .send()
                .await
                .map_err(failed("ec2:DescribeTrafficMirrorTargets", target))?;
            let found = answer.traffic_mirror_targets().iter();
            let owner = found.filter_map(|t| t.owner_id()).next();
            owners.extend(owner.map(|owner| (target.to_owned(), owner.to_owned())));
        }
        Ok(owners)
    }

    async fn end(&self, resource: &Resource, id: &str) -> Result<(), Error> {
        let call = self.0.delete_traffic_mirror_session().traffic_mirror_session_id(id);
        let answer = call.send().await;
        let answer = answer.map_err(failed("ec2:DeleteTrafficMirrorSession", &resource.id));
        Found::sort(answer, ENDED, &[]).map(|_| ())
    }

    async fn create(
        &self,
        resource: &Resource,
        number: i32,
        session: &Session,
    ) -> Result<(), Error> {
        self.0
            .create_traffic_mirror_session()
            .network_interface_id(&resource.id)
            .traffic_mirror_target_id(&session.target)
            .traffic_mirror_filter_id(&session.filter)
            .session_number(number)
            .set_packet_length(session.packet_length)
            .set_virtual_network_id(session.virtual_network)
            .set_description(session.description.clone())
            .send()
            .await
            .map_err(failed("ec2:CreateTrafficMirrorSession", &resource.id))?;
        Ok(())
    }
}

fn normal_form(session: &TrafficMirrorSession, owners: &BTreeMap<String, String>) -> Session {
    let target = session.traffic_mirror_target_id().unwrap_or_default();
    Session {
        target: target.to_owned(),
        owner: owners.get(target).cloned(),
        filter: session.traffic_mirror_filter_id().unwrap_or_default().to_owned(),
        packet_length: session.packet_length(),
        virtual_network: session.virtual_network_id(),
        description: session.description().map(str::to_owned),
    }
}
