import click

command = click.Command("migrate")
