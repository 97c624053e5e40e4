package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.ClusterLauncherProvider;
import dev.kindling.driver.launch.LaunchContext;
import dev.kindling.driver.launch.SubmittedProgram;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Serves the master {@code yarn}. Names no class of Hadoop, so that it costs nothing where another master is meant. */
public final class YarnMasters implements ClusterLauncherProvider {
    static final String MASTER = "yarn";

    @Override
    public boolean serves(String master) {
        return master.equals(MASTER);
    }

    @Override
    public List<String> examples() {
        return List.of(MASTER);
    }

    @Override
    public String driverHost(String master, Map<String, String> settings) throws IOException {
        return ResourceManagerAddress.hostTowardsIt(Config.parse(settings));
    }

    @Override
    public int runInCluster(SubmittedProgram program) throws IOException {
        return new ClusterModeClient(program).run();
    }

    @Override
    public ClusterLauncher launcher(String master, LaunchContext context) {
        return new YarnLauncher(context);
    }
}
