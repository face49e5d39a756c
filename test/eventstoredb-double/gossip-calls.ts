import { type handleUnaryCall } from '@grpc/grpc-js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { type DoubleState, type Member } from './state.js';

const { VNodeState } = gossipPb.MemberInfo;
const STATES = { leader: VNodeState.LEADER, follower: VNodeState.FOLLOWER, unknown: VNodeState.UNKNOWN };

/** `Gossip.Read`: every node answers it, whatever its role. */
export function gossip(
  state: DoubleState,
): handleUnaryCall<InstanceType<typeof sharedPb.Empty>, InstanceType<typeof gossipPb.ClusterInfo>> {
  return (_, respond) => {
    const info = new gossipPb.ClusterInfo();
    info.setMembersList(state.standing.members().map(memberInfo));
    respond(null, info);
  };
}

function memberInfo({ instanceId, role, isAlive, port }: Member) {
  const id = new sharedPb.UUID();
  id.setString(instanceId);
  const endPoint = new gossipPb.EndPoint();
  endPoint.setAddress('127.0.0.1');
  endPoint.setPort(port);
  const info = new gossipPb.MemberInfo();
  info.setInstanceId(id);
  info.setTimeStamp(String(Date.now()));
  info.setState(STATES[role]);
  info.setIsAlive(isAlive);
  info.setHttpEndPoint(endPoint);
  return info;
}
