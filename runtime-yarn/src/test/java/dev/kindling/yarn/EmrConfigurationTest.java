package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.config.Config;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.net.NetUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Configurations of EMR's nodes, which name classes and directories that are not here. No server is asked. */
class EmrConfigurationTest {
    private static final List<String> ALL = List.of("emr-6.15.0", "emr-6.15.0-ha", "emr-7.10.0");
    private static final String DOMAIN = ".eu-central-1.compute.internal";

    /** So that no name server is asked for machines that are not. */
    @BeforeAll
    static void nameMachines() {
        for (String host : List.of("ip-10-0-1-10", "ip-10-0-1-11", "ip-10-0-1-12")) {
            NetUtils.addStaticResolution(host + DOMAIN, "127.0.0.1");
        }
    }

    /** As they come from {@code HADOOP_CONF_DIR}. */
    private static Config configOf(String nodes) {
        Configuration files = new Configuration(false);
        for (String name : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml")) {
            files.addResource(EmrConfigurationTest.class.getResource("/" + nodes + "/" + name));
        }
        Map<String, String> settings = new TreeMap<>();
        files.forEach(entry -> settings.put("kindling.hadoop." + entry.getKey(), entry.getValue()));
        return Config.parse(settings);
    }

    @Test
    void resourceManagerIsFoundWhetherThereIsOneOrThree() {
        for (String nodes : ALL) {
            InetSocketAddress address = ResourceManagerAddress.of(YarnLauncher.settingsOf(configOf(nodes)));

            assertEquals("ip-10-0-1-10" + DOMAIN + ":8032", address.getHostString() + ":" + address.getPort(), nodes);
        }
    }

    @Test
    void clientsOfHdfsAndOfTheResourceManagerAreMade() throws Exception {
        for (String nodes : ALL) {
            Config config = configOf(nodes);
            Configuration settings = YarnLauncher.settingsOf(config);
            try (FileSystem files = FileSystem.newInstance(settings);
                    Submission submission = new Submission(config, settings)) {
                assertEquals(settings.get("fs.defaultFS"), files.getUri().toString());
                assertEquals("STARTED", submission.client().getServiceState().name());
            }
        }
    }

    @Test
    void whatIsSentLiesInTheUsersDirectoryOnTheClustersFileSystem() throws Exception {
        Config config = configOf("emr-6.15.0-ha");

        assertEquals(
                "hdfs://ha-nn-uri/user/" + MasterSession.user() + "/.kindling",
                YarnLauncher.stagingDirectory(config, YarnLauncher.settingsOf(config), "anybody")
                        .toString());
    }
}
