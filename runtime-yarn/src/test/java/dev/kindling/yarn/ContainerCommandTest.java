package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.config.Config;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.util.Records;
import org.junit.jupiter.api.Test;

class ContainerCommandTest {
    private static ContainerLaunchContext commandOf(Config config) throws IOException {
        return ContainerCommand.of(
                config, new ContainerFiles(Map.of(), List.of()), List.of(), List.of("Main"), new Credentials());
    }

    @Test
    void clusterIsToldWhoElseMaySeeAndChangeTheApplication() throws IOException {
        Config config = Config.parse(Map.of("kindling.yarn.viewAcl", "ann,ben ops", "kindling.yarn.modifyAcl", "ann"));

        assertEquals(
                Map.of(ApplicationAccessType.VIEW_APP, "ann,ben ops", ApplicationAccessType.MODIFY_APP, "ann"),
                commandOf(config).getApplicationACLs());
        assertEquals(Map.of(), commandOf(Config.defaults()).getApplicationACLs());
    }

    @Test
    void javaIsToldOfTheArchiveOfClassesThatTheContainerHas() throws IOException {
        ContainerFiles without = new ContainerFiles(Map.of(), List.of());
        ContainerFiles with =
                new ContainerFiles(Map.of(RuntimeArchive.CLASSES, Records.newRecord(LocalResource.class)), List.of());

        assertEquals(
                List.of("{{JAVA_HOME}}/bin/java", "Main"),
                ContainerCommand.java(Config.defaults(), without, List.of(), List.of("Main")));
        assertEquals(
                List.of("{{JAVA_HOME}}/bin/java", "-XX:SharedArchiveFile=classes.jsa", "-Xmx1g", "Main"),
                ContainerCommand.java(Config.defaults(), with, List.of("-Xmx1g"), List.of("Main")));
    }

    @Test
    void containerFindsTheNativeLibraryOfItsNode() throws IOException {
        assertEquals(
                "{{HADOOP_COMMON_HOME}}/lib/native",
                commandOf(Config.defaults()).getEnvironment().get("LD_LIBRARY_PATH"));
    }
}
