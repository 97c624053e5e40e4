package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** This process as the master of an application on YARN: of its own, or of the one whose container it runs in. */
interface MasterSession {
    long FIRST_HEARTBEAT_MS = 50;

    /** Asks for containers, and starts them. */
    ContainerAgent agent();

    /** What containers get; there at once, or when it has been sent. */
    CompletableFuture<ContainerFiles> files();

    /** By which containers reach file systems; empty where nobody asks for them. */
    Credentials tokens();

    String applicationId();

    /** Which attempt of the application this process is the master of, from 1. */
    int attempt();

    /** How executors of an earlier attempt hear of this one; empty when there can be only one. */
    Optional<Handover> handover();

    /**
     * The context needs it no more.
     *
     * @param failure why the application has failed; empty when it has not
     */
    void close(Optional<String> failure);

    /** Nothing is decided about containers any more. Ends the process where it is one of YARN's: it may start another. */
    void abandon(String why);

    /** Who this process acts as. */
    static String user() throws IOException {
        return UserGroupInformation.getCurrentUser().getShortUserName();
    }

    /**
     * An application of this process's own, for a driver in the client: it needs no container for its master. It has an
     * identity of its own, since the application's token opens the ResourceManager to it, and a process may have several
     * applications one after the other, or at once.
     */
    final class OfClient implements MasterSession {
        private final Submission submission;
        private final ContainerAgent agent;
        private final CompletableFuture<ContainerFiles> files;

        private final Credentials tokens;

        private OfClient(
                Submission submission,
                ContainerAgent agent,
                CompletableFuture<ContainerFiles> files,
                Credentials tokens) {
            this.tokens = tokens;
            this.submission = submission;
            this.agent = agent;
            this.files = files;
        }

        /** Submits it and registers as its master. */
        static MasterSession open(
                Config config, Configuration settings, String host, CompletableFuture<ContainerFiles> files) {
            Submission submission = new Submission(config, settings);
            try {
                Credentials tokens = FileTokens.obtain(config, settings);
                submission.submitUnmanaged(tokens);
                submission.awaitUnmanagedMaster();
                UserGroupInformation master = UserGroupInformation.createRemoteUser(user());
                master.addToken(submission.client().getAMRMToken(submission.id()));
                ContainerAgent agent = master.doAs((PrivilegedExceptionAction<ContainerAgent>) () -> {
                    ContainerAgent asked = new ContainerAgent(FIRST_HEARTBEAT_MS);
                    asked.connect(settings);
                    asked.register(host, "");
                    return asked;
                });
                return new OfClient(submission, agent, files, tokens);
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

        @Override
        public ContainerAgent agent() {
            return agent;
        }

        @Override
        public CompletableFuture<ContainerFiles> files() {
            return files;
        }

        @Override
        public Credentials tokens() {
            return tokens;
        }

        @Override
        public String applicationId() {
            return submission.id().toString();
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Optional<Handover> handover() {
            return Optional.empty();
        }

        @Override
        public void abandon(String why) {
            // The process is the user's own.
        }

        @Override
        public void close(Optional<String> failure) {
            FinalApplicationStatus status =
                    failure.isEmpty() ? FinalApplicationStatus.SUCCEEDED : FinalApplicationStatus.FAILED;
            agent.finish(status, failure.orElse(""), "");
            agent.close();
            submission.close();
        }
    }

    /** The application whose container this process runs in; it outlives its contexts. */
    final class OfContainer implements MasterSession {
        /** Of exit codes from 128 on the shell around does not say that the program has ended. */
        private static final int ABANDONED = 150;

        private static OfContainer current;

        private final ContainerAgent agent;
        private final CompletableFuture<ContainerFiles> files;
        private final String applicationId;
        private final int attempt;
        private final Optional<Handover> handover;

        private final Credentials tokens;

        private OfContainer(
                ContainerAgent agent,
                ContainerFiles files,
                ApplicationAttemptId attempt,
                Optional<Handover> handover,
                Credentials tokens) {
            this.tokens = tokens;
            this.agent = agent;
            this.files = CompletableFuture.completedFuture(files);
            this.applicationId = attempt.getApplicationId().toString();
            this.attempt = attempt.getAttemptId();
            this.handover = handover;
        }

        /** Registers this process, once. */
        static synchronized OfContainer register(Configuration settings, ContainerFiles files)
                throws IOException, YarnException {
            ContainerAgent agent = new ContainerAgent(FIRST_HEARTBEAT_MS);
            agent.connect(settings);
            agent.register(ContainerEnvironment.value("NM_HOST"), "");
            ApplicationAttemptId attempt =
                    ContainerId.fromString(ContainerEnvironment.containerId()).getApplicationAttemptId();
            Credentials told = ContainerEnvironment.credentials();
            current = new OfContainer(agent, files, attempt, Handover.of(told), FileTokens.passedOn(told));
            return current;
        }

        /** Empty when this process is not the master of an application by its container. */
        static synchronized Optional<MasterSession> current() {
            return Optional.ofNullable(current);
        }

        @Override
        public ContainerAgent agent() {
            return agent;
        }

        @Override
        public CompletableFuture<ContainerFiles> files() {
            return files;
        }

        @Override
        public Credentials tokens() {
            return tokens;
        }

        @Override
        public String applicationId() {
            return applicationId;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public Optional<Handover> handover() {
            return handover;
        }

        @Override
        public void abandon(String why) {
            System.err.println("kindling: attempt " + attempt + " of " + applicationId + " ends: " + why);
            // As if it had been killed: what runs in its containers is left to the next attempt.
            Runtime.getRuntime().halt(ABANDONED);
        }

        @Override
        public void close(Optional<String> failure) {
            // Its process says how it ended.
        }
    }
}
