package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * This process as the master of an application of its own, with an identity of its own: the application's token opens
 * the ResourceManager to it, and a process may have several applications one after the other, or at once.
 */
final class MasterSession {
    private final Submission submission;
    private final ContainerAgent agent;

    private MasterSession(Submission submission, ContainerAgent agent) {
        this.submission = submission;
        this.agent = agent;
    }

    /** Who this process acts as. */
    static String user() throws IOException {
        return UserGroupInformation.getCurrentUser().getShortUserName();
    }

    /** Submits an application whose master is this process, and registers as such. */
    static MasterSession open(Config config, Configuration settings, ContainerAgent agent, String host) {
        Submission submission = new Submission(config, settings);
        try {
            submission.submitUnmanaged();
            submission.awaitUnmanagedMaster();
            UserGroupInformation master = UserGroupInformation.createRemoteUser(user());
            master.addToken(submission.client().getAMRMToken(submission.id()));
            master.doAs((PrivilegedExceptionAction<Void>) () -> {
                agent.start(settings, host, "");
                return null;
            });
            return new MasterSession(submission, agent);
        } catch (IOException | YarnException e) {
            submission.close();
            throw new KindlingException(
                    ErrorCode.OUT_OF_RESOURCES,
                    "cannot start an application on YARN: " + e.getMessage()
                            + "; is HADOOP_CONF_DIR the configuration of the cluster, and does it run?",
                    e);
        } catch (InterruptedException e) {
            submission.close();
            Thread.currentThread().interrupt();
            throw new KindlingException(ErrorCode.CLOSED, "interrupted while waiting for YARN", e);
        } catch (RuntimeException e) {
            submission.close();
            throw e;
        }
    }

    void close(FinalApplicationStatus status, String diagnostics) {
        agent.finish(status, diagnostics, "");
        submission.close();
    }
}
