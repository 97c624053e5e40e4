package dev.kindling.driver.launch;

import dev.kindling.block.BroadcastResource;
import dev.kindling.protocol.AttemptId;
import dev.kindling.rpc.BlockAbsentException;
import dev.kindling.rpc.BlockService;
import dev.kindling.rpc.ServedRange;
import java.io.IOException;
import java.util.Optional;

/** All that executors in other processes ask of the driver: the program, and broadcast values. */
public record Published(Program program, BroadcastShelf broadcasts) implements BlockService {
    @Override
    public ServedRange openResource(String name) throws IOException {
        Optional<BroadcastResource> asked = BroadcastResource.parse(name);
        return asked.isPresent() ? broadcasts.open(asked.get()) : program.openResource(name);
    }

    @Override
    public ServedRange openMapOutput(int shuffleId, AttemptId mapAttempt, int firstBucket, int endBucket)
            throws IOException {
        throw new BlockAbsentException("a driver holds no map outputs");
    }

    @Override
    public ServedRange openResult(AttemptId attempt) throws IOException {
        throw new BlockAbsentException("a driver holds no results");
    }
}
