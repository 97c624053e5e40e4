package dev.kindling.driver;

import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.serde.ResultCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of a failed job what the program catches: our exception, with the user's own as its cause. */
final class JobFailures {
    private static final Logger LOG = LoggerFactory.getLogger(JobFailures.class);

    private final ClassLoader userLoader;

    JobFailures(ClassLoader userLoader) {
        this.userLoader = userLoader;
    }

    KindlingException exceptionOf(DriverEffect.FailJob fail) {
        return new KindlingException(
                fail.code(), fail.message(), fail.failure().map(this::causeOf).orElse(null), fail.exit());
    }

    private Throwable causeOf(TaskFailure failure) {
        if (failure instanceof TaskFailure.UserError error) {
            return decoded(error);
        }
        if (failure instanceof TaskFailure.Internal internal) {
            return new TaskException(internal.message(), internal.stack());
        }
        if (failure instanceof TaskFailure.InputOutput io) {
            return new TaskException(io.message(), io.stack());
        }
        return null;
    }

    /** The exception as it was thrown, with its own stack; a stand-in that reads the same where it cannot be had. */
    private Throwable decoded(TaskFailure.UserError error) {
        if (error.exception().length > 0) {
            try {
                if (ResultCodec.decode(error.exception(), userLoader) instanceof Throwable thrown) {
                    return thrown;
                }
            } catch (RuntimeException | LinkageError e) {
                LOG.debug("exception {} of a task cannot be read here: {}", error.className(), e.toString());
            }
        }
        String text = error.message() == null ? error.className() : error.className() + ": " + error.message();
        return new TaskException(text, error.stack());
    }
}
