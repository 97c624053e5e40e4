package dev.kindling.driver.launch;

import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import java.io.IOException;

/** Gets a result that an executor keeps because it is too large for a frame. Any thread; waits. */
@FunctionalInterface
public interface ResultFetcher {
    byte[] fetch(ExecutorAddress holder, AttemptId attempt, long maxBytes) throws IOException;
}
