package dev.kindling.executor.block;

import dev.kindling.protocol.AttemptId;

/** Which map output: what one attempt has written for one shuffle. */
record MapOutput(int shuffleId, AttemptId attempt) {
    // Written out for the same reason as those of AttemptId.
    @Override
    public boolean equals(Object other) {
        return other instanceof MapOutput that && shuffleId == that.shuffleId && attempt.equals(that.attempt);
    }

    @Override
    public int hashCode() {
        return 31 * shuffleId + attempt.hashCode();
    }

    String relativePath() {
        return MapOutputFile.relativePath(shuffleId, attempt);
    }

    @Override
    public String toString() {
        return "map output " + attempt + " of shuffle " + shuffleId;
    }
}
