"""A freight forwarder in Hamburg and Santos: EKS by Terraform, tariffs by Pulumi, a vendor's template, much by hand."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.state_files import PulumiStack, TerraformState
from tests.corpus.builders.tagged import (
    claim,
    ecs_interface,
    ecs_tasks,
    eks_furniture,
    genesys,
    ingress,
    node_group,
    recovery_points,
)
from tests.corpus.builders.things import Place
from tests.corpus.record import Account, Owner

_LIVE, _STAGING = {"stage": "live"}, {"stage": "staging"}
_SANTOS = {"filial": "santos"}


def account() -> Account:
    """Stages were renamed: what is called `prod` and `abn` is tagged `live` and `staging`. Names are German in Hamburg
    and Portuguese in Santos, whose systems mostly run in the other region. A team, Lotse, has left.

    Fitted on: its report was read while rules were written, so it is no longer held out."""
    book = Book(
        "forwarder",
        "a freight forwarder in Hamburg and Santos",
        "910910910910",
        "eu-central-1",
        held_out=False,
        began="2018-10-01",
    )
    aws.default_network(book)
    aws.linked_roles(book, "AmazonEKS=eks", "AmazonEKSNodegroup=eks-nodegroup", "ECS=ecs", "RDS=rds", "Backup=backup")
    aws.service_keys(book, "ebs", "rds")
    aws.sso_roles(book, "Leitstand")
    platform = _platform(book)
    _tariffs(book, platform)
    _customs(book)
    _live(book)
    _staging(book)
    _santos(book)
    _paranagua(book)
    _team_that_left(book)
    _beside(book)
    return book.account()


def _platform(book: Book) -> dict[str, Actual]:
    """The control room of the fleet: EKS and what it needs, all in one state."""
    tags = {"konzern": "nordfracht", "kostenstelle": "4711"}
    state = TerraformState(book, "plattform/live.tfstate", tags=tags)
    network = state.add("network", "nf-euc1-live", "this", module="module.vpc", cidr="10.40.0.0/16")
    aws.default_group(book, network)
    for one in ("cluster", "node"):
        state.add("role", f"nf-leitstand-{one}", one, module="module.eks")
        state.add(
            "security-group", f"nf-leitstand-{one}", one, module="module.eks", network=network.id, description=one
        )
    state.told("aws_eks_cluster", "this", "eks", "cluster/nf-leitstand", {}, module="module.eks")
    state.add("key", "nf-daten", "daten")
    state.add("repository", "nf/leitstand-web", "web")
    made = {
        "network": network,
        "notes": state.add("bucket", "nf-euc1-live-frachtbriefe", "frachtbriefe"),
        "advices": state.add("queue", "nf-euc1-live-avis", "avis", key="avis"),
        "positions": state.add("table", "nf-euc1-live-fahrzeuge", "fahrzeuge"),
    }
    state.add("queue", "nf-euc1-live-avis-dlq", "avis", key="avis-dlq")
    state.part("aws_s3_bucket_versioning", "frachtbriefe", made["notes"])
    state.data("zone", book.one_by_hand("dns-zone", "nordfracht.example", story="made by hand, only read by Terraform"))
    state.add("role", "nf-sae1-espelho", "espelho")
    state.elsewhere("queue", "ssz-conhecimentos", "espelho", Place(book.at.number, "sa-east-1"))
    state.write()
    eks_furniture(book, "nf-leitstand", network)
    node_group(book, "nf-leitstand", "allgemein", 2)
    ingress(book, "nf-leitstand", "leitstand", "web", network)
    claim(book, "nf-leitstand", "redis-data-redis-0")
    agent = "made by the log agent that runs in the cluster"
    log = "/aws/containerinsights/nf-leitstand/application"
    book.owned(Owner("eks", "nf-leitstand"), "log-group", log, story=agent)
    book.by_hand("queue", "nf-euc1-live-avis-kopie", tags=tags, story="copied in the console, tags and all")
    book.by_hand("bucket", "nf-euc1-live-frachtbriefe-2", tags=tags, story="copied in the console, tags and all")
    book.by_hand("security-group", "eks-cluster-sg-alt", description="Kopie vom Leitstand", network=network.id)
    return made


def _tariffs(book: Book, platform: dict[str, Actual]) -> None:
    """Pulumi's, and the file of those who want to bring it and the platform's stores into one hand."""
    pulumi = PulumiStack(book, "tarife", "live", file="exports/tarife-live.json")
    tables = pulumi.add("bucket", "tariftabellen")
    role = pulumi.add("role", "rechnerRolle")
    calculator = pulumi.add("function", "tarifrechner", runtime="python3.12", memory=1024, role=role.arn)
    book.log_of(calculator)
    rates = pulumi.add("table", "zuschlaege")
    imports = pulumi.add("queue", "tarifImport")
    pulumi.add("topic", "tarifGeaendert", "tarif-geaendert")
    pulumi.write()
    book.by_hand("bucket", "tariftabellen-bis-2022", "tarife-import-4f2c91a", story="made by a script of CI")
    book.by_hand("function", "tarifrechner-probe", runtime="python3.12", memory=1024)
    ordered = book.one_by_hand("queue", "nf-verzollung.fifo")
    book.by_hand("queue", "nf-verzollung")
    old, new = (
        book.one_by_hand("function", name, runtime=runtime, memory=memory)
        for name, runtime, memory in (("eta-1", "python3.9", 256), ("eta-2", "python3.13", 1024))
    )
    book.log_of(old, new)
    book.wish(
        ("network", "leitstand", {"cidr": "10.40.0.0/16"}, platform["network"]),
        ("bucket", "frachtbriefe", {}, platform["notes"]),
        ("queue", "avis", {"tags": {"kostenstelle": "4711"}}, platform["advices"]),
        ("table", "fahrzeuge", {}, platform["positions"]),
        ("table", "fahrer", {}, None),
        ("bucket", "tariftabellen", {}, tables),
        ("function", "tarifrechner", {"runtime": "python3.12", "memory": 1024}, calculator),
        ("table", "zuschlaege", {}, rates),
        ("queue", "tarif-import", {}, imports),
        ("queue", "tarif-export", {}, None),
        ("queue", "verzollung.fifo", {}, ordered),
        ("function", "eta", {"runtime": "python3.13", "memory": 1024}, new),
    )


def _customs(book: Book) -> None:
    """A vendor's template for customs; its first trial was deleted, and left its data behind."""
    made = stack(
        book,
        "ZollAnbindung",
        {
            "Eingang": "SQS::Queue",
            "Fehler": "SQS::Queue",
            "Vorgaenge": "DynamoDB::Table",
            "Ablage": "S3::Bucket",
            "Melder": "Lambda::Function",
            "MelderRole": "IAM::Role",
            "Zeitplan": "Events::Rule",
            "Zugang": "SecretsManager::Secret",
        },
        tags={"hersteller": "zollsoft"},
        status="UPDATE_ROLLBACK_COMPLETE",
    )
    book.log_of(made["Melder"])
    stack(
        book,
        "ZollAnbindungProbe",
        {"Eingang": "SQS::Queue", "Vorgaenge": "DynamoDB::Table", "Ablage": "S3::Bucket"},
        status="DELETE_COMPLETE",
        orphans=frozenset({"Vorgaenge", "Ablage"}),
    )
    book.by_hand("queue", "ZollAnbindung-Eingang-Nachlauf", story="made by hand beside the stack's")


def _live(book: Book) -> None:
    network = book.one_by_hand("network", "Dispo Prod", _LIVE, cidr="172.22.0.0/16")
    database = book.one_by_hand("database", "dispo-prod", _LIVE, size="large", multi_az=True)
    aws.database_secret(book, database)
    book.by_hand("log-group", "/aws/rds/instance/dispo-prod/postgresql", story="made by RDS for dispo-prod")
    invoices = book.one_by_hand("bucket", "nordfracht-rechnungen-prod", {**_LIVE, "kostenstelle": "4720"})
    air = book.one_by_hand("bucket", "nordfracht-rechnungen-luft-prod", {**_LIVE, "kostenstelle": "4730"})
    advice = book.one_by_hand("queue", "Avisierung_Prod", _LIVE)
    shipments = book.one_by_hand("table", "Sendungen.prod", _LIVE)
    status = book.one_by_hand("function", "sendung-statusmeldung-prod", _LIVE, runtime="java17", memory=1024)
    book.log_of(status, retention=90)
    alarms = book.one_by_hand("topic", "Stoerungen-Prod", {**_LIVE, "zuständig": "Müller"})
    south = book.one_by_hand("instance", "Zollabfertigung Süd", size="medium")
    book.by_hand("instance", "Zollabfertigung Nord", size="medium")
    archive = book.one_by_hand("volume", "archiv-b", size=2000, volume_type="st1")
    book.by_hand("volume", "archiv-a", size=500)
    recovery_points(book, "naechtlich", database, archive)
    book.wish(
        ("bucket", "invoices", {"tags": {**_LIVE, "kostenstelle": "4720"}}, invoices),
        ("bucket", "rechnungen-luft", {"tags": _LIVE}, air),
        ("bucket", "rechnungen-bahn", {"tags": _LIVE}, None),
        ("queue", "avisierung", {"tags": _LIVE}, advice),
        ("queue", "avisierung-retouren", {"tags": _LIVE}, None),
        ("table", "sendungen", {"tags": _LIVE}, shipments),
        ("table", "sendungspositionen", {"tags": _LIVE}, None),
        ("function", "statusmeldung", {"runtime": "java17", "tags": _LIVE}, status),
        ("function", "schadensmeldung", {"runtime": "java17", "tags": _LIVE}, None),
        ("database", "dispo", {"engine": "postgres", "tags": _LIVE}, database),
        ("network", "dispo", {"cidr": "172.22.0.0/16"}, network),
        ("topic", "stoerungen", {"tags": _LIVE}, alarms),
        ("instance", "zollabfertigung-sued", {"size": "medium"}, south),
        ("volume", "archiv", {"size": 2000, "volume_type": "st1"}, archive),
    )


def _staging(book: Book) -> None:
    """Less of it than of live; whoever renamed the stage forgot the table's tag."""
    network = book.one_by_hand("network", "Dispo Abnahme", _STAGING, cidr="172.23.0.0/16")
    book.wish(
        ("bucket", "rechnungen", {"tags": _STAGING}, book.one_by_hand("bucket", "nordfracht-rechnungen-abn", _STAGING)),
        ("bucket", "rechnungen-luft", {"tags": _STAGING}, None),
        ("queue", "avisierung", {"tags": _STAGING}, book.one_by_hand("queue", "Avisierung_Abn", _STAGING)),
        ("table", "sendungen", {"tags": _STAGING}, book.one_by_hand("table", "sendungen.abn", {"stage": "abnahme"})),
        (
            "function",
            "statusmeldung",
            {"runtime": "java17", "tags": _STAGING},
            book.one_by_hand("function", "sendung-statusmeldung-abn", _STAGING, runtime="java17", memory=512),
        ),
        ("database", "dispo", {"tags": _STAGING}, book.one_by_hand("database", "dispo-abn", _STAGING)),
        ("network", "dispo", {"cidr": "172.23.0.0/16"}, network),
        ("topic", "stoerungen", {"tags": _STAGING}, None),
    )


def _santos(book: Book) -> None:
    """What Santos runs here: a portal on ECS, clicked together, beside stores that are copied to this region."""
    cluster = book.one_by_hand("cluster", "santos-portal", _SANTOS)
    booking, tracking = (
        book.one_by_hand("container-service", f"santos-portal/{one}", _SANTOS, cluster="santos-portal")
        for one in ("agendamento", "rastreio")
    )
    ecs_tasks(book, "santos-portal", "agendamento", 2)
    ecs_tasks(book, "santos-portal", "rastreio", 1)
    ecs_interface(book, "santos-portal", "agendamento", 1)
    balancer = book.one_by_hand("load-balancer", "alb-santos-portal")
    aws.balancer_interface(book, balancer, _SANTOS)
    book.by_hand("log-group", "/ecs/santos-agendamento", story="made by the console of ECS for a task definition")
    storage = book.one_by_hand("function", "ssz-calcula-armazenagem", _SANTOS, runtime="nodejs22.x", timeout=30)
    book.log_of(storage)
    bills, manifests = (
        book.one_by_hand("bucket", f"nordfracht-br-{one}", _SANTOS) for one in ("conhecimentos", "manifestos")
    )
    mirrored = book.one_by_hand("queue", "ssz-conhecimentos", _SANTOS, story="made by hand; Terraform's is in Brazil")
    bookings = book.one_by_hand("queue", "ssz-agendamentos", _SANTOS)
    yard = book.one_by_hand("table", "ssz_conteineres", {**_SANTOS, "sistema": "patio"})
    book.by_hand("queue", "ssz-agendamentos-falhas", "ssz-manifestos-falhas", tags=_SANTOS)
    book.by_hand("bucket", "nordfracht-br-manifestos-2020", "manifestos-teste-joao")
    book.by_hand("role", "santos-portal-execucao", "SantosPortalTarefa")
    database = book.one_by_hand("database", "portal-santos", _SANTOS, engine="mysql", version="8.0", port=3306)
    secret = book.one_by_hand("secret", "santos/portal/banco", _SANTOS)
    book.wish(
        ("cluster", "portal-santos", {"tags": _SANTOS}, cluster),
        ("container-service", "agendamento", {"cluster": "santos-portal"}, booking),
        ("container-service", "rastreio", {"cluster": "santos-portal"}, tracking),
        ("container-service", "cobranca", {"cluster": "santos-portal"}, None),
        ("load-balancer", "santos-portal", {"type": "application"}, balancer),
        ("bucket", "conhecimentos", {"tags": _SANTOS}, bills),
        ("bucket", "manifestos", {"tags": _SANTOS}, manifests),
        ("bucket", "faturas", {"tags": _SANTOS}, None),
        ("queue", "ssz-conhecimentos", {}, mirrored),
        ("queue", "agendamentos", {"tags": _SANTOS}, bookings),
        ("queue", "manifestos", {"tags": _SANTOS}, None),
        ("table", "containers", {"tags": {**_SANTOS, "sistema": "patio"}}, yard),
        ("function", "calcula-armazenagem", {"runtime": "nodejs22.x", "tags": _SANTOS}, storage),
        ("function", "calcula-demurrage", {"runtime": "nodejs22.x", "tags": _SANTOS}, None),
        ("database", "portal-santos", {"engine": "mysql"}, database),
        ("secret", "santos/portal/banco", {}, secret),
        ("secret", "santos/portal/receita", {}, None),
    )


def _paranagua(book: Book) -> None:
    """A branch that is still to be opened: its file was copied from that of Santos."""
    tags = {"filial": "paranagua"}
    book.wish(
        ("cluster", "portal-paranagua", {"tags": tags}, None),
        ("bucket", "conhecimentos-paranagua", {"tags": tags}, None),
        ("queue", "png-agendamentos", {"tags": tags}, None),
        ("table", "png-conteineres", {"tags": tags}, None),
        ("function", "png-calcula-armazenagem", {"runtime": "nodejs22.x", "tags": tags}, None),
        ("database", "portal-paranagua", {"engine": "mysql", "tags": tags}, None),
    )


def _team_that_left(book: Book) -> None:
    """Lotse kept its state files on its own laptops."""
    tags = {"team": "lotse", "verwaltet-durch": "terraform"}
    state = TerraformState(book, "", tags=tags, shown=False)
    state.add("bucket", "lotse-schiffspositionen", "positionen")
    state.add("queue", "lotse-ais-rohdaten", "rohdaten")
    state.add("table", "lotse-schiffe", "schiffe")
    pulumi = PulumiStack(book, "liegeplatz", "prod")
    for kind, logical in (("bucket", "liegeplaene"), ("queue", "ankuenfte"), ("topic", "anlegen")):
        pulumi.add(kind, logical, tags={"team": "lotse"})
    forecast = pulumi.add("function", "prognose", tags={"team": "lotse"}, runtime="python3.10")
    book.log_of(forecast)
    book.by_hand("bucket", "lotse-uebergabe", tags={"team": "lotse"}, story="made by hand on the team's last day")
    book.by_hand("role", "lotse-notfall", "terraform-lotse-alt")
    book.by_hand("log-group", "/aws/lambda/lotse-kurs", story="left by a function that was deleted in the console")


def _beside(book: Book) -> None:
    book.by_hand("bucket", "nordfracht-rechnungen", "nordfracht-rechnungen-prod-export", "cdk-umstieg-unterlagen")
    book.by_hand("queue", "Avisierung_Prod_DLQ", "avisierung-lasttest")
    book.by_hand("table", "Sendungen.prod_kopie", story="restored from a backup, never used")
    book.by_hand("database", "dispo-prod-rueckspielung", transition="creating", size="large")
    book.by_hand("function", "sendung-statusmeldung-v1", runtime="java8.al2")
    book.by_hand("topic", "dispo", "Stoerungen-Bereitschaft")
    book.by_hand("secret", "dispo/dhl", "dispo/maersk")
    book.by_hand("parameter", "/dispo/mautsatz", tags={"zuständig": "Müller"})
    rate = genesys(book, "rampe", "queue", "rampe-zeitfenster")
    genesys(book, "rampe", "table", "rampe-belegung", adopted=True)
    book.wish(("queue", "zeitfenster", {}, rate), ("topic", "rampe-frei", {}, None))
