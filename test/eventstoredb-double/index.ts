export { type ClusterTiming, EventStoreDbCluster, REAL_CLUSTER, startEventStoreDbCluster } from './cluster.js';
export { type ClusterNode } from './node.js';
export { type EventStoreDbDouble, type EventStoreDbDoubleOptions, startEventStoreDbDouble } from './server.js';
export { type AppendFault, type Faults, type LeaderEndpoint } from './faults.js';
export { type DoubleLog } from './log.js';
export { type ProposedEvent, type RecordedEvent } from './recorded-event.js';
export { binaryEvent, jsonEvent } from './state.js';
export { DELETED_REVISION, type StreamAcl, type StreamMetadata } from './stream-metadata.js';
