package dev.weir.labs;

import dev.weir.labs.application.ApplicationLab;
import dev.weir.labs.balance.BalanceLab;
import dev.weir.labs.export.ExportLab;
import dev.weir.labs.faults.FaultsLab;
import dev.weir.labs.firewall.FirewallLab;
import dev.weir.labs.flowcache.FlowCacheLab;
import dev.weir.labs.flowtracker.FlowTrackerLab;
import dev.weir.labs.handoff.HandoffLab;
import dev.weir.labs.live.LiveLab;
import dev.weir.labs.loopback.LoopbackLab;
import dev.weir.labs.mirror.MirrorLab;
import dev.weir.labs.nat.NatLab;
import dev.weir.labs.offload.OffloadLab;
import dev.weir.labs.restart.RestartLab;
import dev.weir.labs.standby.StandbyLab;
import dev.weir.labs.survive.SurviveLab;
import dev.weir.labs.tenants.TenantsLab;
import dev.weir.labs.transparent.TransparentLab;
import dev.weir.labs.web.WebLab;
import java.util.List;

/** All labs there are. */
final class Labs {
    static final List<Lab> ALL = List.of(
            new TransparentLab(),
            new MirrorLab(),
            new ApplicationLab(),
            new BalanceLab(),
            new FirewallLab(),
            new NatLab(),
            new TenantsLab(),
            new HandoffLab(),
            new RestartLab(),
            new SurviveLab(),
            new StandbyLab(),
            new LiveLab(),
            new ExportLab(),
            new FlowTrackerLab(),
            new FlowCacheLab(),
            new LoopbackLab(),
            new OffloadLab(),
            new FaultsLab(),
            new WebLab());

    private Labs() {}
}
