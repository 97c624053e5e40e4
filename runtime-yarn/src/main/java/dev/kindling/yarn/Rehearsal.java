package dev.kindling.yarn;

import dev.kindling.config.Config;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.Server;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.FinishApplicationMasterResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationReportResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationResponse;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationResponse;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.util.Records;

/**
 * The start of an application, with a ResourceManager of this process that gives no containers and a file system that is not
 * there: Java notes the classes for quick starts. No cluster hears of it, whatever is configured.
 */
final class Rehearsal {
    private static final long HEARTBEAT_WITHIN_S = 10;
    private static final int NO_PORT = 1;

    private final CountDownLatch heartbeats = new CountDownLatch(2);
    private final ApplicationId id = ApplicationId.newInstance(1, 1);

    private Rehearsal() {}

    static void perform(Path scratch) throws IOException, InterruptedException {
        new Rehearsal().start(scratch);
    }

    private void start(Path scratch) throws IOException, InterruptedException {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        Server clients = serve(ApplicationClientProtocol.class, host);
        Server masters = serve(ApplicationMasterProtocol.class, host);
        try {
            Map<String, String> settings = new TreeMap<>();
            Map.of(
                            YarnConfiguration.RM_HA_ENABLED,
                            "false",
                            YarnConfiguration.RM_ADDRESS,
                            host + ":" + clients.getPort(),
                            YarnConfiguration.RM_SCHEDULER_ADDRESS,
                            host + ":" + masters.getPort(),
                            "fs.defaultFS",
                            "hdfs://" + host + ":" + NO_PORT,
                            "ipc.client.connect.max.retries",
                            "0",
                            "hadoop.security.authentication",
                            "simple")
                    .forEach((name, value) -> settings.put("kindling.hadoop." + name, value));
            Config config = Config.parse(settings);
            Configuration hadoop = YarnLauncher.settingsOf(config);
            CompletableFuture<ContainerFiles> files =
                    CompletableFuture.completedFuture(new ContainerFiles(Map.of(), List.of()));
            MasterSession session = MasterSession.OfClient.open(config, hadoop, host, files);
            ContainerCommand.of(config, files.join(), List.of(), List.of(), session.tokens());
            sendFiles(config, hadoop, scratch);
            if (!heartbeats.await(HEARTBEAT_WITHIN_S, TimeUnit.SECONDS)) {
                throw new IOException("the rehearsed application had no heartbeat");
            }
            session.close(Optional.empty());
        } finally {
            clients.stop();
            masters.stop();
        }
    }

    private static void sendFiles(Config config, Configuration hadoop, Path scratch) throws IOException {
        try {
            String user = MasterSession.user();
            new RuntimeFiles(config, hadoop, YarnLauncher.stagingDirectory(config, hadoop, user), user)
                    .ship(List.of(), Map.of(), scratch);
        } catch (ConnectException e) {
            // That is as far as it gets.
        }
    }

    /** A server of this process for one of YARN's protocols. */
    private <T> Server serve(Class<T> protocol, String host) {
        Configuration settings = new YarnConfiguration();
        Object answers = Proxy.newProxyInstance(
                protocol.getClassLoader(), new Class<?>[] {protocol}, (proxy, method, arguments) -> answer(method));
        Server server = YarnRPC.create(settings)
                .getServer(protocol, answers, new InetSocketAddress(host, 0), settings, null, 1);
        server.start();
        return server;
    }

    private Object answer(Method method) {
        switch (method.getName()) {
            case "getNewApplication" -> {
                return GetNewApplicationResponse.newInstance(
                        id, Resource.newInstance(1, 1), Resource.newInstance(1, 1));
            }
            case "submitApplication" -> {
                return Records.newRecord(SubmitApplicationResponse.class);
            }
            case "getApplicationReport" -> {
                ApplicationReport report = Records.newRecord(ApplicationReport.class);
                report.setApplicationId(id);
                report.setYarnApplicationState(YarnApplicationState.ACCEPTED);
                report.setAMRMToken(Token.newInstance(new byte[0], "YARN_AM_RM_TOKEN", new byte[0], ""));
                return GetApplicationReportResponse.newInstance(report);
            }
            case "registerApplicationMaster" -> {
                return Records.newRecord(RegisterApplicationMasterResponse.class);
            }
            case "allocate" -> {
                heartbeats.countDown();
                AllocateResponse nothing = Records.newRecord(AllocateResponse.class);
                nothing.setAllocatedContainers(List.of());
                nothing.setCompletedContainersStatuses(List.of());
                nothing.setUpdatedNodes(List.of());
                nothing.setAvailableResources(Resource.newInstance(1, 1));
                return nothing;
            }
            case "finishApplicationMaster" -> {
                return FinishApplicationMasterResponse.newInstance(true);
            }
            default -> throw new UnsupportedOperationException(method.getName());
        }
    }
}
