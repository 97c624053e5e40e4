package dev.kindling.driver.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMemoryTest {
    @TempDir
    Path directory;

    private CgroupMemory find(String groups) throws IOException {
        return CgroupMemory.find(Files.writeString(directory.resolve("cgroup"), groups), directory);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(directory.resolve(file).getParent());
        Files.writeString(directory.resolve(file), text);
    }

    @Test
    void firstVersionIsReadInItsOwnGroup() throws IOException {
        write("memory/jobs/7/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
        write("memory/jobs/7/memory.limit_in_bytes", "1073741824\n");

        CgroupMemory memory = find("9:name=systemd:/\n4:memory:/jobs/7\n0::/\n");

        assertEquals(3, memory.kills());
        assertEquals(OptionalLong.of(1L << 30), memory.limitBytes());
    }

    @Test
    void secondVersionInAContainerLiesAtTheMount() throws IOException {
        write("memory.events", "low 0\noom 2\noom_kill 1\noom_group_kill 0\n");
        write("memory.max", "max\n");

        CgroupMemory memory = find("0::/../../host/path\n");

        assertEquals(1, memory.kills());
        assertEquals(OptionalLong.empty(), memory.limitBytes());
    }

    @Test
    void nothingIsKnownWhereThereAreNoGroups() throws IOException {
        CgroupMemory memory = CgroupMemory.find(directory.resolve("missing"), directory);

        assertEquals(0, memory.kills());
        assertEquals(OptionalLong.empty(), memory.limitBytes());
    }
}
