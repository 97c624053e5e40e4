package dev.kindling.executor.block;

import dev.kindling.protocol.ExecutorAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The executors of this JVM, whose blocks are handed over instead of sent. An executor process has one, of which it is
 * the only member; a driver that runs executors inside itself gives them all the same. Any thread.
 */
public final class LocalPeers {
    private final Map<Member, BlockStore> members = new ConcurrentHashMap<>();

    private record Member(String executorId, long incarnation) {
        // Written out for the same reason as those of AttemptId.
        @Override
        public boolean equals(Object other) {
            return other instanceof Member that
                    && incarnation == that.incarnation
                    && executorId.equals(that.executorId);
        }

        @Override
        public int hashCode() {
            return 31 * executorId.hashCode() + Long.hashCode(incarnation);
        }
    }

    public void add(String executorId, long incarnation, BlockStore blocks) {
        members.put(new Member(executorId, incarnation), blocks);
    }

    public void remove(String executorId, long incarnation) {
        members.remove(new Member(executorId, incarnation));
    }

    /** Empty when it does not live here, or no more. */
    Optional<BlockStore> find(ExecutorAddress executor) {
        return Optional.ofNullable(members.get(new Member(executor.executorId(), executor.incarnation())));
    }
}
