package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.rpc.LocalAddresses;
import dev.kindling.storage.hdfs.HadoopSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.HAUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Where the ResourceManager is, as the configuration says. */
final class ResourceManagerAddress {
    private ResourceManagerAddress() {}

    /** The address of this machine that the cluster sees: the one from which it reaches the ResourceManager. */
    static String hostTowardsIt(Config config) throws IOException {
        InetSocketAddress resourceManager = of(YarnLauncher.settingsOf(config));
        return LocalAddresses.routeTo(resourceManager.getHostString(), resourceManager.getPort());
    }

    /** Any of them, where there are several. */
    static InetSocketAddress of(Configuration settings) {
        Configuration one = new YarnConfiguration(settings);
        if (HAUtil.isHAEnabled(settings)) {
            String id = HAUtil.getRMHAIds(settings).iterator().next();
            String host = settings.get(HAUtil.addSuffix(YarnConfiguration.RM_HOSTNAME, id), "");
            String address = settings.get(HAUtil.addSuffix(YarnConfiguration.RM_ADDRESS, id), "");
            one.set(
                    YarnConfiguration.RM_ADDRESS,
                    address.isEmpty() ? host + ":" + YarnConfiguration.DEFAULT_RM_PORT : address);
        }
        InetSocketAddress address = one.getSocketAddr(
                YarnConfiguration.RM_ADDRESS, YarnConfiguration.DEFAULT_RM_ADDRESS, YarnConfiguration.DEFAULT_RM_PORT);
        if (address.getHostString().equals("0.0.0.0")) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "no ResourceManager is configured (yarn.resourcemanager.hostname is not set; HADOOP_CONF_DIR is "
                            + HadoopSettings.directory().map(Path::toString).orElse("not set")
                            + "); set HADOOP_CONF_DIR to the directory of the cluster's yarn-site.xml");
        }
        return address;
    }
}
