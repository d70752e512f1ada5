"""A chain of clinics: Copilot for the new, Beanstalk for the old, templates of a consultant between."""

from __future__ import annotations

from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.cloudformation import stack
from tests.corpus.builders.platforms import beanstalk, copilot_app, copilot_env, copilot_service
from tests.corpus.builders.tagged import chalice, ecs_tasks
from tests.corpus.record import Account, Owner


def account() -> Account:
    """Appointments on Copilot in two environments, the intranet on Beanstalk, reports by plain CloudFormation."""
    book = Book("clinic", "a chain of clinics", "780780780780", "eu-west-3", held_out=True, began="2020-07-07")
    default = aws.default_network(book)
    aws.linked_roles(book, "ECS=ecs", "ApplicationAutoScaling_ECSService=ecs.application-autoscaling", "RDS=rds")
    _appointments(book)
    beanstalk(book, "intranet-v3")
    chalice(book, "labo", "prod", "", "resultats")
    _reports(book)
    _beside(book, default.id)
    return book.account()


def _appointments(book: Book) -> None:
    copilot_app(book, "rdv")
    for env in ("recette", "production"):
        made = copilot_env(book, "rdv", env)
        cluster = made["Cluster"].name
        front = copilot_service(book, "rdv", env, "front", cluster)
        if env == "production":
            ecs_tasks(book, cluster, front["Service"].name.rpartition("/")[2], 2)
            book.wish(
                ("network", "copilot-rdv", {"tags": {"copilot-environment": env}}, made["VPC"]),
                ("cluster", "rdv-production", {}, made["Cluster"]),
                ("container-service", "front", {"cluster": cluster}, front["Service"]),
                ("container-service", "worker", {"cluster": cluster}, None),
                ("log-group", "/copilot/rdv-production-front", {"retention": 30}, front["LogGroup"]),
            )


def _reports(book: Book) -> None:
    made = stack(
        book,
        "Rapports",
        {
            "Fichiers": "S3::Bucket",
            "Demandes": "SQS::Queue",
            "Resultats": "DynamoDB::Table=rapports",
            "Genere": "Lambda::Function=rapports-genere",
            "GenereRole": "IAM::Role=rapports-genere",
            "ChaqueNuit": "Events::Rule",
            "Alerte": "SNS::Topic",
            "Journal": "Logs::LogGroup=rapports",
        },
        tags={"service": "direction"},
        status="UPDATE_ROLLBACK_COMPLETE",
    )
    book.log_of(made["Genere"])
    book.owned(
        Owner("cloudformation", ""),
        "bucket",
        "cf-templates-1kx7r0mzp3q2d-eu-west-3",
        story="made by the console of CloudFormation for templates",
    )
    book.by_hand("queue", "rapports", story="made by hand; a table of a stack has the same name")
    book.by_hand("bucket", "rapports", story="made by hand; a log group of a stack has the same name")
    book.wish(
        ("bucket", "rapports-fichiers", {}, made["Fichiers"]),
        ("queue", "rapports-demandes", {}, made["Demandes"]),
        ("table", "rapports", {}, made["Resultats"]),
        ("function", "genere-rapports", {}, made["Genere"]),
        ("topic", "rapports-alerte", {}, made["Alerte"]),
        ("topic", "rapports-fini", {}, None),
    )


def _beside(book: Book, network: str) -> None:
    book.by_hand("instance", "imagerie-pacs", "imagerie-sauvegarde", network=network, tags={"site": "lyon"})
    book.by_hand("volume", "pacs-1", "pacs-2", tags={"site": "lyon"}, size=2000)
    book.by_hand("security-group", "imagerie", "intranet-v3-test", description="a la main", network=network)
    database = book.one_by_hand("database", "dossiers", {"site": "lyon"}, size="large", multi_az=True)
    aws.database_secret(book, database)
    book.by_hand("database", "dossiers-essai", transition="deleting")
    book.by_hand("bucket", "clinique-radios", "clinique-radios-lyon", "copilot-sauvegarde-rdv")
    book.by_hand("parameter", "/rdv/cle", "/copilot/notes")
    book.by_hand("role", "rdv-lecture", "elasticbeanstalk-lecture")
    book.by_hand("log-group", "/aws/rds/instance/dossiers/postgresql", story="made by RDS for dossiers")
    book.by_hand("log-group", "/copilot/rdv-ancien-front", story="left by a service that is gone")
    book.by_hand("topic", "garde", "Garde-Lyon")
    copied = {"copilot-application-owner": "dsi", "site": "lyon"}
    book.by_hand("function", "rdv-rappel", tags=copied, runtime="python3.12")
