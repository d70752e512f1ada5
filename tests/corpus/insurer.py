"""A mutual insurer in Normandy: Terraform and ECS for the new, a core made by hand by two teams before it."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws, ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import beanstalk, beanstalk_bucket, control_tower, service_catalog
from tests.corpus.builders.state_files import TerraformState
from tests.corpus.builders.tagged import ecs_interface, ecs_tasks, genesys, recovery_points, scaled
from tests.corpus.builders.things import Place
from tests.corpus.record import Account

_STAGES = {"prod": "production", "rec": "preprod"}
"""What Terraform's people tag each of their stages with: `rec` was renamed and kept its name in everything else."""


def account() -> Account:
    """The hosting company named in capitals (MBO-PRD-...), the developers in small letters (bocage-...-prod); Terraform
    came in 2021. The digital laboratory was closed and left its things."""
    book = Book("insurer", "a mutual insurer", "640640640640", "eu-west-3", held_out=True, began="2019-04-15")
    aws.default_network(book)
    aws.linked_roles(book, "ECS=ecs", "RDS=rds", "AutoScaling=autoscaling", "Backup=backup", "ElastiCache=elasticache")
    aws.sso_roles(book, "Exploitation", "LectureSeule")
    aws.service_keys(book, "rds", "ebs", "secretsmanager")
    control_tower(
        book,
        "BASELINE-CLOUDWATCH",
        {
            "ForwardSnsNotification": "Lambda::Function=aws-controltower-NotificationForwarder",
            "ForwardSnsNotificationLambdaRole": "IAM::Role=aws-controltower-ForwardSnsNotificationRole",
            "SNSNotificationTopic": "SNS::Topic=aws-controltower-SecurityNotifications",
        },
    )
    networks = _network(book)
    production = _claims(book, "prod", networks["prod"])
    _claims(book, "rec", networks["rec"])
    _wish_claims(book, networks["prod"], production)
    _pricing(book)
    _servers(book)
    _contracts(book)
    _printing(book)
    _laboratory(book)
    _brokers(book)
    _others(book)
    return book.account()


def _network(book: Book) -> dict[str, Actual]:
    state = TerraformState(book, "reseau.tfstate", tags={"depot": "infra-reseau"})
    made: dict[str, Actual] = {}
    for stage, cidr in (("prod", "10.40.0.0/16"), ("rec", "10.41.0.0/16")):
        module, tags = f'module.reseau["{stage}"]', {"env": _STAGES[stage]}
        network = state.add("network", f"mbo-{stage}-vpc", tags=tags, module=module, cidr=cidr)
        aws.default_group(book, network)
        words = "Entrees HTTPS du repartiteur"
        state.add(
            "security-group", f"mbo-{stage}-alb", "alb", tags=tags, module=module, description=words, network=network.id
        )
        state.add("load-balancer", f"mbo-{stage}-public", "public", tags=tags, module=module, network=network.id)
        state.add("cluster", f"mbo-{stage}", "ecs", tags=tags, module=module, insights=stage == "prod")
        state.add("log-group", f"/aws/vpc/flowlogs/mbo-{stage}", "flux", tags=tags, module=module, retention=90)
        for zone in ("a", "b"):
            rest = f"subnet/subnet-{ids.hexes(stage + zone, 17)}"
            state.told("aws_subnet", f"prive_{zone}", "ec2", rest, {"Name": f"mbo-{stage}-prive-{zone}"}, module=module)
        made[stage] = network
    state.add("dns-zone", "mbo.interne", "interne")
    state.add("key", "mbo-donnees", "donnees")
    state.add("role", "mbo-ecs-execution", "execution")
    state.elsewhere("certificate", "www.bocage-mutuelle.example", "site", Place(book.at.number, "us-east-1"))
    state.write()
    return made


def _claims(book: Book, stage: str, network: Actual) -> dict[str, Actual]:
    """Claims, the first system that Terraform made, once for each stage."""
    tags = {"env": _STAGES[stage], "projet": "sinistres", "gestion": "terraform"}
    state = TerraformState(book, f"sinistres-{stage}.tfstate", tags=tags)
    cluster = f"mbo-{stage}"
    made: dict[str, Actual] = {}
    for one in ("api", "front", "traitement"):
        module = f'module.service["{one}"]'
        name = f"{cluster}/sinistres-{one}"
        replicas = 3 if stage == "prod" else 1
        made[one] = state.add("container-service", name, module=module, cluster=cluster, replicas=replicas)
        made[f"{one}-log"] = state.add(
            "log-group", f"/ecs/{cluster}/sinistres-{one}", "journal", module=module, retention=60
        )
        state.add("role", f"mbo-{stage}-sinistres-{one}-tache", "tache", module=module)
    ecs_tasks(book, cluster, "sinistres-api", 3 if stage == "prod" else 1)
    ecs_interface(book, cluster, "sinistres-api", 1)
    for logical, kind, name in (
        ("declarations", "queue", f"mbo-{stage}-sinistres-declarations"),
        ("rejets", "queue", f"mbo-{stage}-sinistres-declarations-rejets"),
        ("pieces", "bucket", f"mbo-{stage}-sinistres-pieces-jointes"),
        ("evenements", "topic", f"mbo-{stage}-sinistres-evenements"),
        ("base", "database", f"mbo-{stage}-sinistres"),
        ("acces", "secret", f"mbo/{stage}/sinistres/base"),
    ):
        made[logical] = state.add(kind, name, logical)
    made["groupe"] = state.add(
        "security-group", f"mbo-{stage}-sinistres-bdd", "bdd", description="Base des sinistres", network=network.id
    )
    state.part("aws_s3_bucket_versioning", "pieces", made["pieces"])
    if stage == "prod":
        for one in ("api", "front", "traitement"):
            state.add("repository", f"mbo/sinistres-{one}", "image", key=one, immutable=True)
        made["cache"] = state.add("cache", "mbo-prod-sinistres", "sessions")
        recovery_points(book, "sauvegarde-quotidienne", made["base"])
    state.write()
    return made


def _wish_claims(book: Book, network: Actual, made: dict[str, Actual]) -> None:
    cluster = {"cluster": "mbo-prod"}
    book.wish(
        ("network", "mbo-prod-vpc", {"cidr": "10.40.0.0/16"}, network),
        ("container-service", "sinistres-api", cluster, made["api"]),
        ("container-service", "sinistres-front", cluster, made["front"]),
        ("container-service", "sinistres-traitement", cluster, made["traitement"]),
        ("container-service", "sinistres-indexation", cluster, None),
        ("log-group", "/ecs/mbo-prod/sinistres-api", {"retention": 60}, made["api-log"]),
        ("queue", "sinistres-declarations", {"tags": {"env": "production"}}, made["declarations"]),
        ("queue", "sinistres-rejets", {"tags": {"env": "production"}}, made["rejets"]),
        ("queue", "sinistres-indexation", {}, None),
        ("bucket", "sinistres-pieces-jointes", {"versioning": True, "tags": {"env": "production"}}, made["pieces"]),
        ("topic", "mbo-prod-sinistres-evenements", {}, made["evenements"]),
        ("database", "mbo-prod-sinistres", {"engine": "postgres"}, made["base"]),
        ("cache", "sinistres-sessions", {"engine": "redis"}, made["cache"]),
        ("secret", "mbo/prod/sinistres/base", {}, made["acces"]),
        ("security-group", "sinistres-bdd", {"description": "Base des sinistres"}, made["groupe"]),
        ("repository", "mbo/sinistres-indexation", {"immutable": True}, None),
    )


def _pricing(book: Book) -> None:
    """The actuaries apply Terraform from their own machines: their state file is not at hand."""
    tags = {"ManagedBy": "terraform", "equipe": "actuariat"}
    lost = TerraformState(book, "actuariat.tfstate", tags=tags, shown=False)
    for one in ("tarif-auto", "tarif-habitation"):
        calcul = lost.add("function", f"actu-{one}", runtime="python3.12", handler="calcul.main", memory=1024)
        book.log_of(calcul)
    lost.add("bucket", "actu-tables-de-mortalite")
    lost.add("bucket", "actu-jeux-d-essai")
    lost.add("table", "actu_baremes")
    lost.add("role", "actu-calcul")
    bare = TerraformState(book, "supervision.tfstate", shown=False)
    bare.add("topic", "supervision-astreinte")
    bare.add("parameter", "/supervision/seuils")


def _servers(book: Book) -> None:
    """What the hosting company made by hand before 2020, in capitals."""
    prd, rec = {"ENV": "PRD", "PRESTATAIRE": "INFOGEST"}, {"ENV": "REC", "PRESTATAIRE": "INFOGEST"}
    story = "made by the hosting company in the console"
    network = book.one_by_hand("network", "MBO-PRD-VPC-GESTION", prd, story, cidr="10.10.0.0/16")
    test = book.one_by_hand("network", "MBO-REC-VPC-GESTION", rec, story, cidr="10.20.0.0/16")
    aws.default_group(book, network)
    aws.default_group(book, test)
    first = book.one_by_hand("instance", "MBO-PRD-GES-APP01", prd, story, network=network.id, size="large")
    second = book.one_by_hand("instance", "MBO-PRD-GES-APP02", prd, story, network=network.id, size="large")
    batch = book.one_by_hand("instance", "MBO-PRD-GES-BATCH01", prd, story, network=network.id, size="medium")
    book.by_hand("instance", "MBO-REC-GES-APP01", "MBO-REC-GES-BATCH01", tags=rec, story=story, network=test.id)
    disk = book.one_by_hand("volume", "MBO-PRD-GES-BATCH01-DATA", prd, story, size=500)
    book.by_hand("volume", "MBO-REC-GES-BATCH01-DATA", tags=rec, story=story, size=100)
    book.by_hand("volume", "", story="left when a server was thrown away", size=80)
    words = "Serveurs applicatifs gestion"
    apps = book.one_by_hand(
        "security-group", "MBO-PRD-SG-APP", None, story, network=network.id, description="Serveurs applicatifs gestion"
    )
    data = book.one_by_hand(
        "security-group", "MBO-PRD-SG-BDD", None, story, network=network.id, description="Bases de donnees"
    )
    book.by_hand("security-group", "MBO-REC-SG-APP", story=story, network=test.id, description=words)
    book.by_hand("security-group", "MBO-REC-SG-BDD", story=story, network=test.id, description="Bases de donnees")
    front = book.one_by_hand("load-balancer", "MBO-PRD-ALB-GESTION", prd, story, network=network.id, scheme="internal")
    book.by_hand("load-balancer", "MBO-REC-ALB-GESTION", tags=rec, story=story, network=test.id, scheme="internal")
    base = book.one_by_hand("database", "mbo-prd-contrats", prd, story, engine="mysql", storage=400, multi_az=True)
    book.by_hand("database", "mbo-rec-contrats", tags=rec, story=story, engine="mysql", storage=100)
    book.by_hand("database", "mbo-prd-contrats-avant-v8", tags=prd, story="restored before an upgrade", engine="mysql")
    share = book.one_by_hand("filesystem", "MBO-PRD-GES-PARTAGE", prd, story)
    recovery_points(book, "sauvegarde-quotidienne", base, disk)
    book.wish(
        ("network", "gestion", {"cidr": "10.10.0.0/16", "tags": {"ENV": "PRD"}}, network),
        ("instance", "MBO-PRD-GES-APP01", {"tags": {"ENV": "PRD"}}, first),
        ("instance", "MBO-PRD-GES-APP02", {"tags": {"ENV": "PRD"}}, second),
        ("instance", "MBO-PRD-GES-APP03", {"tags": {"ENV": "PRD"}}, None),
        ("instance", "gestion-batch", {"tags": {"ENV": "PRD"}}, batch),
        ("volume", "MBO-PRD-GES-BATCH01-DATA", {"size": 500}, disk),
        ("security-group", "MBO-PRD-SG-APP", {"description": words}, apps),
        ("security-group", "MBO-PRD-SG-BDD", {"description": "Bases de donnees"}, data),
        ("load-balancer", "mbo-prd-alb-gestion", {"scheme": "internal"}, front),
        ("database", "mbo-prd-contrats", {"engine": "mysql"}, base),
        ("filesystem", "gestion-partage", {}, share),
        ("cache", "gestion-sessions", {"engine": "redis"}, None),
    )


def _contracts(book: Book) -> None:
    """What the developers made by hand for the same core, in small letters, in two stages."""
    made: dict[str, Actual] = {}
    for stage in ("prod", "recette"):
        tags = {"application": "contrats", "environnement": stage}
        for kind, name in (
            ("bucket", f"bocage-contrats-{stage}"),
            ("bucket", f"bocage-quittances-{stage}"),
            ("table", f"bocage_echeances_{stage}"),
            ("queue", f"bocage-avis-a-envoyer-{stage}"),
            ("queue", f"bocage-avis-a-envoyer-{stage}-erreurs"),
            ("topic", f"bocage-contrat-modifie-{stage}"),
            ("secret", f"bocage/{stage}/contrats"),
        ):
            made[name] = book.one_by_hand(kind, name, tags)
        for one in ("quittancement", "avis-echeance", "resiliation"):
            name = f"bocage-{one}-{stage}"
            made[name] = book.one_by_hand("function", name, tags, runtime="java17", memory=512)
            book.log_of(made[name])
        made[f"nuit-{stage}"] = book.one_by_hand("rule", f"bocage-chaque-nuit-{stage}", schedule="cron(0 2 * * ? *)")
    book.by_hand("bucket", "bocage-contrats-prod-reprise-2022", story="a copy made by hand before a migration")
    book.by_hand("table", "bocage_echeances_prod_old", story="a copy made by hand")
    book.by_hand("function", "bocage-quittancement-v1", runtime="java11", story="what the current one replaced")
    book.by_hand("role", "bocage-lambda", "bocage-lambda-recette")
    production = {"tags": {"environnement": "prod"}}
    book.wish(
        ("bucket", "bocage-contrats-prod", {}, made["bocage-contrats-prod"]),
        ("bucket", "bocage-quittances-prod", {}, made["bocage-quittances-prod"]),
        ("table", "echeances", production, made["bocage_echeances_prod"]),
        ("queue", "avis-a-envoyer", production, made["bocage-avis-a-envoyer-prod"]),
        ("queue", "avis-a-envoyer-erreurs", production, made["bocage-avis-a-envoyer-prod-erreurs"]),
        ("topic", "contrat-modifie", production, made["bocage-contrat-modifie-prod"]),
        ("function", "bocage-quittancement-prod", {"runtime": "java17"}, made["bocage-quittancement-prod"]),
        ("function", "bocage-avis-echeance-prod", {"runtime": "java17"}, made["bocage-avis-echeance-prod"]),
        ("function", "bocage-resiliation-prod", {"runtime": "java17"}, made["bocage-resiliation-prod"]),
        ("function", "bocage-relance-prod", {"runtime": "java21"}, None),
        ("queue", "relances", production, None),
        ("rule", "bocage-chaque-nuit-prod", {"schedule": "cron(0 2 * * ? *)"}, made["nuit-prod"]),
        ("secret", "bocage/prod/contrats", {}, made["bocage/prod/contrats"]),
    )


def _printing(book: Book) -> None:
    """Letters: made by hand after Terraform came, partly as copies of what it had made for claims."""
    tags = {"env": "production", "projet": "editique", "gestion": "manuel"}
    cluster = "mbo-prod"
    service = book.one_by_hand(
        "container-service", f"{cluster}/editique-composition", tags, cluster=cluster, replicas=1
    )
    ecs_tasks(book, cluster, "editique-composition", 1)
    log = book.one_by_hand("log-group", "/ecs/mbo-prod/editique-composition", retention=60)
    todo = book.one_by_hand("queue", "mbo-prod-editique-courriers", tags)
    models = book.one_by_hand("bucket", "mbo-prod-editique-modeles", tags)
    letters = book.one_by_hand("bucket", "mbo-prod-editique-courriers", tags)
    image = book.one_by_hand("repository", "mbo/editique-composition")
    copied = {"env": "production", "projet": "sinistres", "gestion": "terraform"}
    book.by_hand("queue", "mbo-prod-sinistres-declarations-rejeu", tags=copied, story="copied by hand in an incident")
    book.by_hand("bucket", "editique-maquettes")
    book.wish(
        ("container-service", "editique-composition", {"cluster": cluster}, service),
        ("log-group", "/ecs/mbo-prod/editique-composition", {}, log),
        ("queue", "editique-courriers", {}, todo),
        ("queue", "editique-courriers-rejets", {}, None),
        ("bucket", "editique-modeles", {}, models),
        ("bucket", "editique-courriers", {}, letters),
        ("repository", "mbo/editique-composition", {}, image),
        ("table", "editique-suivi", {}, None),
    )


def _laboratory(book: Book) -> None:
    """The digital laboratory left in 2023; what it made by hand still runs."""
    story = "made by hand by the laboratory, which is closed"
    tags = {"owner": "labo-digital"}
    book.by_hand("bucket", "labo-constat-photo", "labo-demo-vivatech", tags=tags, story=story)
    photo = book.by_hand("function", "constatPhoto", "estimeDegats", tags=tags, story=story, runtime="python3.9")
    book.log_of(*photo)
    book.by_hand("table", "ConstatPhoto", "LaboUtilisateurs", tags=tags, story=story)
    book.by_hand("api", "constat-photo-api", tags=tags, story=story)
    book.by_hand("secret", "labo/openweather", story=story)
    book.by_hand("instance", "labo-notebook", tags=tags, story=story, running=False)
    stack(
        book,
        "labo-chatbot",
        {"Conversations": "DynamoDB::Table", "Journaux": "S3::Bucket", "Repond": "Lambda::Function"},
        status="DELETE_COMPLETE",
        orphans=frozenset({"Conversations", "Journaux"}),
    )


def _brokers(book: Book) -> None:
    """The extranet of brokers: Beanstalk, and beside it a group of servers for quotations."""
    beanstalk_bucket(book)
    beanstalk(book, "extranet-courtiers-prod", 2)
    scaled(book, "asg-devis-prod", 2, {"Name": "devis-prod"})
    book.by_hand("load-balancer", "alb-devis-prod")
    book.by_hand("security-group", "devis-prod-web", description="devis web")
    book.by_hand("database", "extranet-courtiers", engine="mariadb")


def _others(book: Book) -> None:
    vendor = stack(
        book,
        "datadog-integration",
        {"DatadogIntegrationRole": "IAM::Role=DatadogIntegrationRole", "ForwarderFn": "Lambda::Function"},
    )
    book.log_of(vendor["ForwarderFn"])
    service_catalog(book, "espace-data", {"Espace": "S3::Bucket", "Acces": "IAM::Role", "Notebook": "EC2::Instance"})
    genesys(book, "courriels", "queue", "courriels-sortants")
    genesys(book, "courriels", "bucket", "bocage-courriels-archive", adopted=True)
    aws.welcome_log(book)
    book.by_hand("bucket", "mbo-terraform-etats", story="made by hand for the state files")
    book.by_hand("table", "mbo-terraform-verrous", story="made by hand for the locks of Terraform")
    book.by_hand("role", "gitlab-deploiement", "MBO-AUDIT-LECTURE")
    book.by_hand("dns-zone", "bocage-mutuelle.example")
    book.by_hand("certificate", "*.bocage-mutuelle.example")
    book.by_hand("topic", "MBO-PRD-ALERTES-EXPLOITATION")
    book.by_hand("database", "mbo-essai-pg16", transition="creating")
