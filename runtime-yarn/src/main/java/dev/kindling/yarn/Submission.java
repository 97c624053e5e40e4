package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import dev.kindling.util.Durations;
import java.io.IOException;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One application as the client sees it: submitted, waited for, ended. Used by one thread at a time. */
final class Submission implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Submission.class);

    /** What applications of ours are called in the cluster's lists. */
    static final String TYPE = "KINDLING";

    /** How often the state is asked for while something is expected to happen at once. */
    private static final long POLL_MS = 20;

    private static final long TELL_WAITING_AFTER_MS = 10_000;

    private final Config config;
    private final YarnClient client;
    private ApplicationId id;

    Submission(Config config, Configuration settings) {
        this.config = config;
        this.client = YarnClient.createYarnClient();
        Configuration quick = new YarnConfiguration(settings);
        quick.setLong(YarnConfiguration.YARN_CLIENT_APPLICATION_CLIENT_PROTOCOL_POLL_INTERVAL_MS, POLL_MS);
        client.init(quick);
        client.start();
    }

    YarnClient client() {
        return client;
    }

    ApplicationId id() {
        return id;
    }

    /** What all applications of ours have in common; the id is drawn by this. */
    ApplicationSubmissionContext newContext() throws IOException, YarnException {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        id = context.getApplicationId();
        context.setApplicationName(config.get(ApplicationKeys.NAME));
        context.setApplicationType(TYPE);
        if (!config.get(YarnKeys.QUEUE).isEmpty()) {
            context.setQueue(config.get(YarnKeys.QUEUE));
        }
        if (config.isSet(YarnKeys.PRIORITY)) {
            context.setPriority(Priority.newInstance(config.get(YarnKeys.PRIORITY)));
        }
        context.setApplicationTags(new HashSet<>(config.get(YarnKeys.TAGS)));
        return context;
    }

    /**
     * The driver's own process will be the application's master: no container is needed for it.
     *
     * @param tokens that the ResourceManager renews while the application runs
     */
    void submitUnmanaged(Credentials tokens) throws IOException, YarnException {
        ApplicationSubmissionContext context = newContext();
        context.setUnmanagedAM(true);
        // Nobody runs it, but the ResourceManager wants one.
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                null, null, null, null, ContainerCommand.bytesOf(tokens), ContainerCommand.aclsOf(config)));
        context.setResource(Resource.newInstance(1, 1));
        context.setMaxAppAttempts(1);
        submit(context);
    }

    void submit(ApplicationSubmissionContext context) throws IOException, YarnException {
        try {
            client.submitApplication(context);
        } catch (YarnException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "the ResourceManager refuses the application: " + firstLine(e.getMessage())
                            + "; kindling doctor yarn tells which queues and sizes it allows",
                    e);
        }
        LOG.info("{} is submitted to queue {}", id, context.getQueue());
    }

    /** Waits until the ResourceManager lets the driver be the application's master. */
    void awaitUnmanagedMaster() throws IOException, YarnException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.get(YarnKeys.ACCEPT_TIMEOUT_MS));
        WaitingNotice notice = new WaitingNotice();
        ApplicationReport report = client.getApplicationReport(id);
        while (report.getAMRMToken() == null) {
            notice.heard(report);
            if (isOver(report.getYarnApplicationState())) {
                throw ended(report);
            }
            if (System.nanoTime() > deadlineNanos) {
                kill();
                throw notAccepted(report);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            report = client.getApplicationReport(id);
        }
    }

    /** Says why the application waits, when it has for a while, and again when the reason changes. */
    static final class WaitingNotice {
        private final long startNanos = System.nanoTime();
        private String told = "";

        void heard(ApplicationReport report) {
            long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            if (waitedMs < TELL_WAITING_AFTER_MS || isOver(report.getYarnApplicationState())) {
                return;
            }
            String reason = reasonOf(report);
            if (!reason.equals(told)) {
                told = reason;
                LOG.warn(
                        "{} waits in queue {} ({}): {}",
                        report.getApplicationId(),
                        report.getQueue(),
                        report.getYarnApplicationState(),
                        reason);
            }
        }
    }

    /** The application has waited longer than it may. */
    KindlingException notAccepted(ApplicationReport report) {
        return new KindlingException(
                ErrorCode.OUT_OF_RESOURCES,
                id + " waited in queue " + report.getQueue() + " for "
                        + Durations.format(config.get(YarnKeys.ACCEPT_TIMEOUT_MS))
                        + " (kindling.yarn.acceptTimeoutMs) and was given up; the ResourceManager says: "
                        + reasonOf(report) + "; end other applications, use another queue (--queue), or wait longer");
    }

    private KindlingException ended(ApplicationReport report) {
        return new KindlingException(
                ErrorCode.BAD_CONFIGURATION,
                "the ResourceManager ended " + id + " before it ran: " + reasonOf(report)
                        + "; kindling doctor yarn tells which queues and sizes it allows");
    }

    static boolean isOver(YarnApplicationState state) {
        return state == YarnApplicationState.FINISHED
                || state == YarnApplicationState.FAILED
                || state == YarnApplicationState.KILLED;
    }

    /** In the ResourceManager's own words. */
    static String reasonOf(ApplicationReport report) {
        String diagnostics = report.getDiagnostics();
        return diagnostics == null || diagnostics.isBlank() ? "no reason given" : firstLine(diagnostics);
    }

    /** Servers send their stacks along. */
    static String firstLine(String text) {
        return text == null
                ? "no reason given"
                : text.strip().lines().findFirst().map(String::strip).orElse("no reason given");
    }

    void kill() throws IOException, YarnException {
        client.killApplication(id);
    }

    @Override
    public void close() {
        client.stop();
    }
}
