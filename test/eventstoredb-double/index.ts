export { EventStoreDbCluster, REAL_CLUSTER, startEventStoreDbCluster } from './cluster.js';
export { type ClusterNode } from './node.js';
export { type EventStoreDbDouble, startEventStoreDbDouble } from './server.js';
export { type AppendFault } from './faults.js';
export { jsonEvent } from './state.js';
export { DELETED_REVISION } from './stream-metadata.js';
